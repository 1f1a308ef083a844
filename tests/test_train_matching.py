"""A teacher's hidden states, and a network that is to match them."""

import pytest
import torch

from qa.train.matching import Matching, listening
from qa.train.model import Network

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.usefixtures("one_thread"),
]


def test_states_are_of_two_layers_and_without_padding(tmp_path):
    from transformers import BertConfig, BertModel

    shape = {"num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=30_522, hidden_size=32, **shape)
    BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path)
    network = Network(tmp_path).eval()
    ids = torch.tensor([[101, 2040, 102, 2158, 102], [101, 2040, 102, 102, 0]])
    mask, types = (ids > 0).long(), torch.zeros_like(ids)
    with torch.no_grad():
        with listening(network) as heard:
            network(ids, mask, types)
            network(ids[:1], mask[:1], types[:1])
        network(ids, mask, types)  # nobody listens
        every = network.encoder(ids, attention_mask=mask, output_hidden_states=True).hidden_states
    assert [state.shape for state in heard] == [(14, 32)] * 2
    for state, layer in zip(heard, (every[2], every[4]), strict=True):
        assert torch.allclose(state[:9], layer[mask.bool()], atol=1e-5)


def test_what_is_a_linear_map_is_matched_at_once():
    torch.manual_seed(1)
    own = [torch.randn(3_000, 6), torch.randn(3_000, 6)]
    onto = [torch.randn(6, 9), torch.randn(6, 9)]
    others = [50 * state @ matrix + 7 for state, matrix in zip(own, onto, strict=True)]
    matching = Matching(1e-3)
    assert float(matching.apart(own, others).detach()) < 0.01
    # What has nothing to do with it is off by its variance, weighted 2.5 and 5.
    torch.manual_seed(2)
    noise = [torch.randn(3_000, 9), torch.randn(3_000, 9)]
    assert float(Matching(1e-3).apart(own, noise).detach()) == pytest.approx(7.5, rel=0.02)


def test_maps_go_on_learning():
    torch.manual_seed(3)
    matching = Matching(1e-2)
    matching.step()  # nothing to learn yet
    own, others = [torch.randn(50, 4)] * 2, [torch.randn(50, 5)] * 2
    matching.apart(own, others)
    later = [torch.randn(50, 4) @ torch.ones(4, 5)] * 2
    before = value = float(matching.apart(own, later).detach())
    for _ in range(30):
        apart = matching.apart(own, later)
        apart.backward()
        matching.step()
        value = float(apart.detach())
    assert value < before
