"""The project's reader handed to peers: the same logits as a Hugging Face model."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.peers.weights import main


def test_the_exported_model_gives_the_networks_own_logits(tmp_path: Path):
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    from index.minilm import packaged_folder
    from qa.train.model import Network

    torch.manual_seed(1)
    network = Network(packaged_folder()).eval()
    (tmp_path / "run").mkdir()
    state = {"network": network.state_dict(), "step": 1}
    torch.save(state, tmp_path / "run" / "checkpoint.pt")
    result = CliRunner().invoke(main, [str(tmp_path / "run"), str(tmp_path / "hf")])
    assert result.exit_code == 0, result.output
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "hf")
    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path / "hf").eval()
    batch = tokenizer("Who mends the sails?", "Bessy mends the sails.", return_tensors="pt")
    assert tokenizer.model_max_length == 512
    with torch.inference_mode():
        start, end, _ = network(**batch)
        out = model(**batch)
    torch.testing.assert_close(out.start_logits, start, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(out.end_logits, end, atol=1e-4, rtol=1e-4)


def test_a_folder_without_a_checkpoint_is_told(tmp_path: Path):
    from eval.peers.weights import save_huggingface
    from index.errors import QAError

    with pytest.raises(QAError, match="checkpoint"):
        save_huggingface(tmp_path, tmp_path / "hf")
