"""Learning from a bigger network, and going on from a reader that was exported."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from index.errors import DataError, QAError
from qa.neural_reader import READER_MODEL
from qa.train import extra
from qa.train.checkpoint import load_start, load_teacher
from qa.train.export import write_onnx
from qa.train.features import Group, Window, collate
from qa.train.loop import Settings, train
from qa.train.model import Network, distillation, loss
from qa.train.restore import weights_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.usefixtures("one_thread"),
]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A BERT and an MPNet of two layers with random weights, and what each reads alike."""
    from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

    torch.manual_seed(3)
    shape = {"num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    bert = BertConfig(vocab_size=30_522, hidden_size=32, **shape)
    mpnet = MPNetConfig(vocab_size=30_527, hidden_size=48, **shape)
    path = tmp_path_factory.mktemp("encoders")
    BertModel(bert, add_pooling_layer=False).save_pretrained(path / "bert")
    MPNetModel(mpnet, add_pooling_layer=False).save_pretrained(path / "mpnet")
    return path


def window(*ids, spans=()):
    return Window(np.array([101, 2040, 102, *ids, 102], np.int32), 3, spans)


GROUPS = [
    Group((window(2158, 2187, 2188, spans=((4, 4, 1.0),)),)),
    Group((window(2187, 2188), window(2158, spans=((3, 3, 1.0),)))),
]
NEARLY_ALL = 1 - 1e-5


def logits(network, batch):
    rows = (torch.from_numpy(part) for part in (batch.ids, batch.mask, batch.types))
    with torch.no_grad():
        return network.eval()(*rows)


def test_an_mpnet_reads_berts_word_pieces(folders):
    from transformers import MPNetModel

    torch.manual_seed(0)
    network = Network(folders / "mpnet").eval()
    ids = torch.tensor([[101, 2040, 102, 2158, 102], [101, 2040, 102, 102, 0]])
    mask = (ids != 0).long()
    model = MPNetModel.from_pretrained(folders / "mpnet", add_pooling_layer=False).eval()
    own = torch.tensor([[0, 2044, 2, 2162, 2], [0, 2044, 2, 2, 1]])  # <s>, </s> and <pad>
    with torch.no_grad():
        start, _, _ = network(ids, mask, torch.zeros_like(ids))
        hidden = model(own, attention_mask=mask).last_hidden_state
        expected = network.span(hidden)[..., 0]
    torch.testing.assert_close(start, expected)
    assert not network.exportable
    assert Network(folders / "bert").exportable


def test_distillation_is_least_where_both_say_the_same():
    batch = collate(GROUPS)
    torch.manual_seed(1)
    taught = (torch.randn(3, 7), torch.randn(3, 7), torch.randn(3))
    same = distillation(taught, taught, batch, NEARLY_ALL)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(
        taught[2], taught[2].sigmoid(), reduction="none"
    )
    # Groups weigh the same, and so do the windows of one.
    expected = 0.5 * (entropy[0] + (entropy[1] + entropy[2]) / 2) / 2
    assert float(same) == pytest.approx(float(expected), abs=1e-4)
    for part in range(3):
        other = [found.clone() for found in taught]
        other[part][0] += torch.randn(7) if part < 2 else 1.0
        assert distillation(tuple(other), taught, batch, NEARLY_ALL) > same + 1e-3


def test_the_divergence_by_hand():
    batch = collate([Group((window(2158),))])  # [CLS] and one word may hold an answer
    found, taught = torch.zeros(1, 5), torch.zeros(1, 5)
    taught[0, 3] = 4.0  # at the temperature of 2: e^2 against 1
    sure = torch.tensor([50.0])
    high = np.exp(2) / (1 + np.exp(2))
    expected = high * np.log(2 * high) + (1 - high) * np.log(2 * (1 - high))
    value = distillation((found, found, sure), (taught, found, sure), batch, NEARLY_ALL)
    assert float(value) == pytest.approx(4 * expected, abs=1e-3)


def test_what_is_no_place_for_an_answer_does_not_count():
    batch = collate(GROUPS[:1])
    taught = tuple(torch.zeros(shape) for shape in ((1, 7), (1, 7), (1,)))
    other = [part.clone() for part in taught]
    other[0][0, 1] = 9.0  # in the question
    values = [distillation(tuple(o), taught, batch, NEARLY_ALL) for o in (other, taught)]
    assert float(values[0]) == pytest.approx(float(values[1]), abs=1e-4)


def test_the_share_of_the_teacher():
    torch.manual_seed(2)
    found, taught = ((torch.randn(3, 7), torch.randn(3, 7), torch.randn(3)) for _ in range(2))
    batch = collate(GROUPS)
    values = [float(distillation(found, taught, batch, share)) for share in (0.0, 0.25, 0.5)]
    assert values[0] == pytest.approx(float(loss(*found, batch)), rel=1e-5)
    assert values[2] - values[1] == pytest.approx(values[1] - values[0], rel=1e-4)


def test_a_teacher_is_not_heard_where_it_does_not_know_better():
    untaught = collate([replace(group, taught=False) for group in GROUPS])
    torch.manual_seed(2)
    found, taught = ((torch.randn(3, 7), torch.randn(3, 7), torch.randn(3)) for _ in range(2))
    value = distillation(found, taught, untaught, 0.7)
    assert float(value) == pytest.approx(float(loss(*found, untaught)), rel=1e-5)


def test_where_a_teacher_alone_knows_the_answer_given_counts_for_nothing():
    alone = [replace(group, alone=True) for group in GROUPS]
    other = [replace(g, windows=tuple(replace(w, spans=()) for w in g.windows)) for g in alone]
    torch.manual_seed(2)
    found, taught = ((torch.randn(3, 7), torch.randn(3, 7), torch.randn(3)) for _ in range(2))
    values = [float(distillation(found, taught, collate(g), 0.1)) for g in (alone, other)]
    assert values[0] == pytest.approx(values[1], abs=0.01)
    heard = float(distillation(found, taught, collate(GROUPS), 0.999))
    assert values[0] == pytest.approx(heard, abs=1e-4)


def test_a_teacher_brings_the_network_near_it(folders, tmp_path):
    settings = Settings(tokens=120, windows=8, rate=2e-3, head_rate=5e-3)
    torch.manual_seed(5)
    train(Network(folders / "mpnet"), GROUPS * 8, settings, tmp_path / "teacher", report=_quiet)
    teacher = load_teacher(tmp_path / "teacher")
    batch = collate(GROUPS)
    apart = []
    for followed in (None, teacher):
        torch.manual_seed(6)
        network = Network(folders / "bert")
        train(network, GROUPS * 16, settings, tmp_path / "n", teacher=followed, report=_quiet)
        apart.append(
            float(distillation(logits(network, batch), logits(teacher, batch), batch, NEARLY_ALL))
        )
    assert apart[1] < apart[0]


def test_a_teacher_reads_once_for_all_epochs(folders, tmp_path):
    settings = Settings(tokens=30, windows=3)  # several batches an epoch
    torch.manual_seed(5)
    teacher, network = Network(folders / "mpnet"), Network(folders / "bert")
    read = {"teacher": 0, "network": 0}

    def count(who):
        def counted(_module, inputs, _output):
            read[who] += len(inputs[0])

        return counted

    teacher.register_forward_hook(count("teacher"))
    network.register_forward_hook(count("network"))
    lines = []
    train(network, GROUPS * 10, settings, tmp_path, epochs=3, teacher=teacher, report=lines.append)
    assert read == {"teacher": 30, "network": 90}  # windows
    steps, total = lines[-1].split()[1].split("/")
    assert steps == total
    assert int(total) % 3 == 0


def test_a_teacher_needs_its_run(tmp_path):
    with pytest.raises(DataError, match="no checkpoint"):
        load_teacher(tmp_path)


class TestRestore:
    def test_the_weights_are_those_exported_but_for_rounding(self, folders, tmp_path):
        torch.manual_seed(0)
        network = Network(folders / "bert")
        write_onnx(network, tmp_path / "reader.onnx")
        found = weights_of(tmp_path / "reader.onnx")
        state = network.state_dict()
        assert found.keys() == state.keys()
        for name, part in state.items():
            exact = part.numpy()
            assert found[name].dtype == np.float32
            step = np.abs(exact).max() / 127
            np.testing.assert_allclose(found[name], exact, atol=0.51 * step, err_msg=name)

    def test_training_begins_with_the_shipped_reader(self):
        from index.minilm import packaged_folder

        network = Network(packaged_folder())
        before = network.span.weight.clone()
        load_start(READER_MODEL, network)
        assert not torch.equal(network.span.weight, before)

    @pytest.mark.parametrize("content", [b"", b"\x08\x01", b"no ONNX"])
    def test_a_file_of_another_kind_is_refused(self, tmp_path, content):
        (tmp_path / "other.onnx").write_bytes(content)
        with pytest.raises(DataError, match=r"other\.onnx"):
            weights_of(tmp_path / "other.onnx")

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(DataError, match="cannot read"):
            weights_of(tmp_path / "none.onnx")


def _quiet(line):
    pass


def test_what_the_extra_installs_is_asked_for_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(extra, "find_spec", lambda name: None)
    with pytest.raises(QAError, match=r"package onnx, which is missing.*pip install") as error:
        weights_of(tmp_path / "reader.onnx")
    assert "\n" not in str(error.value)
