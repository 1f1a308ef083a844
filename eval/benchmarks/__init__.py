"""The field's public benchmarks, read from the official files of each."""
