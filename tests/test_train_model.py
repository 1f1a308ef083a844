import json
import math
import random

import numpy as np
import onnxruntime
import pytest
import torch

from index.errors import DataError
from index.records import Passage
from qa.decode import Scale
from qa.neural_reader import NeuralReader, load_tokenizer, onnx_run
from qa.question import analyse
from qa.records import Reading, Retrieved, Span
from qa.train.checkpoint import load_mean, load_network
from qa.train.data import Document, tell_sentences
from qa.train.export import write_card, write_onnx
from qa.train.features import Batch, Group, cut, pieces
from qa.train.graph import loud_channels, reader_graph
from qa.train.loop import Settings, train
from qa.train.model import MAX_ANSWER, Network, loss
from qa.train.targets import Target
from qa.train.torch_run import torch_reader
from qa.train.validate import Asked, Validation, auroc, rouge_l_coco, rouge_l_f1

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.usefixtures("one_thread"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A BERT of two layers, width 32, with random weights."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=30_522,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    path = tmp_path_factory.mktemp("bert")
    BertModel(config, add_pooling_layer=False).save_pretrained(path)
    return path


def make(folder, seed=0):
    torch.manual_seed(seed)
    return Network(folder)


def batch(text, targets=(), group=None, weight=None):
    """A batch of made-up logits: `text` marks, per window, where an answer may be."""
    mask = np.array(text, bool)
    rows = len(mask)
    groups = max(group) + 1 if group else rows
    return Batch(
        np.zeros(mask.shape, np.int64),
        np.ones(mask.shape, np.int64),
        np.zeros(mask.shape, np.int64),
        mask,
        np.array(group or range(rows), np.int64),
        np.array(weight or [1.0] * groups, np.float32),
        np.ones(groups, np.bool_),
        np.zeros(groups, np.bool_),
        np.array([t[:3] for t in targets], np.int64).reshape(-1, 3),
        np.array([t[3] for t in targets], np.float32),
    )


def value(start, end, answerable, given):
    return float(loss(torch.tensor(start), torch.tensor(end), torch.tensor(answerable), given))


class TestLoss:
    start = ((0.5, 0.0, 1.0, 2.0),)
    end = ((0.1, 0.0, 0.3, 0.7),)
    # Spans over positions 2 and 3: (2,2) 1.3, (2,3) 1.7, (3,3) 2.7; the null span 0.6.
    everything = math.log(sum(map(math.exp, (1.3, 1.7, 2.7, 0.6))))

    def test_an_answer_by_hand(self):
        given = batch([[0, 0, 1, 1]], [(0, 2, 3, 1.0), (0, 3, 3, 0.5)])
        correct = math.log(math.exp(1.7) + 0.5 * math.exp(2.7))
        expected = self.everything - correct + 0.5 * math.log(1 + math.exp(-0.4))
        assert value(self.start, self.end, [0.4], given) == pytest.approx(expected, rel=1e-5)

    def test_no_answer_by_hand(self):
        given = batch([[0, 0, 1, 1]])
        expected = self.everything - 0.6 + 0.5 * math.log(1 + math.exp(0.4))
        assert value(self.start, self.end, [0.4], given) == pytest.approx(expected, rel=1e-5)

    def test_windows_of_a_question_share_one_softmax(self):
        start, end = self.start * 2, self.end * 2
        given = batch([[0, 0, 1, 1]] * 2, [(0, 2, 2, 1.0)], group=[0, 0])
        shared = math.log(2) + self.everything - 1.3
        alone = 0.5 * (self.everything - 0.6)  # the other window has no answer, at half the weight
        binary = 0.25 * (math.log(1 + math.exp(-0.4)) + math.log(1 + math.exp(0.4)))
        assert value(start, end, [0.4, 0.4], given) == pytest.approx(
            shared + alone + binary, rel=1e-5
        )

    def test_spans_longer_than_the_bound_are_not_summed(self):
        size = MAX_ANSWER + 1
        zeros = [[0.0] * size]
        given = batch([[0] + [1] * (size - 1)])
        spans = (size - 1) * size // 2
        expected = math.log(spans + 1) + 0.5 * math.log(2)
        assert value(zeros, zeros, [0.0], given) == pytest.approx(expected, rel=1e-5)
        longer = [[0.0] * (size + 1)]
        given = batch([[0] + [1] * size])
        expected = math.log(spans + MAX_ANSWER + 1) + 0.5 * math.log(2)
        assert value(longer, longer, [0.0], given) == pytest.approx(expected, rel=1e-5)

    def test_the_weight_of_a_group_counts(self):
        given = batch([[0, 0, 1, 1]] * 2, [(0, 2, 3, 1.0)], weight=[3.0, 1.0])
        answered = self.everything - 1.7 + 0.5 * math.log(1 + math.exp(-0.4))
        empty = self.everything - 0.6 + 0.5 * math.log(1 + math.exp(0.4))
        assert value(self.start * 2, self.end * 2, [0.4] * 2, given) == pytest.approx(
            (3 * answered + empty) / 4, rel=1e-5
        )


WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbor", "island", "jewel"]


def lessons(number=60):
    """Questions that name a word, answered by the word after it; half name one that is missing."""
    rng, tokenizer, found = random.Random(5), load_tokenizer(), []
    for n in range(number):
        words = rng.sample(WORDS, 6)
        text = " ".join(words)
        document = Document(str(n), text, tell_sentences(text))
        whole = pieces(document, tokenizer)
        asked = words[rng.randrange(5)] if n % 2 else next(w for w in WORDS if w not in words)
        targets = []
        if n % 2:
            answer = words[words.index(asked) + 1]
            targets = [Target(text.index(answer), text.index(answer) + len(answer), 1.0)]
        ids = tokenizer.encode(asked, add_special_tokens=False).ids
        found.append(Group((cut(ids, whole, 0, len(whole.ids), targets),)))
    return found


SETTINGS = Settings(tokens=120, windows=8, rate=2e-3, head_rate=5e-3)


class TestLoop:
    def test_the_same_seed_gives_the_same_weights_and_resuming_too(self, folder, tmp_path):
        groups = lessons(40)
        straight = make(folder)
        train(straight, groups, SETTINGS, tmp_path / "a", report=_quiet)
        again = make(folder)
        train(again, groups, SETTINGS, tmp_path / "b", report=_quiet)
        halfway = make(folder)
        saving = Settings(**{**_fields(SETTINGS), "save_every": 0.0})

        class StoppedError(Exception):
            pass

        def stop(step):
            assert step == 1
            raise StoppedError

        with pytest.raises(StoppedError):
            train(halfway, groups, saving, tmp_path / "c", report=_quiet, validate=stop)
        resumed = make(folder, seed=9)
        train(resumed, groups, SETTINGS, tmp_path / "c", resume=True, report=_quiet)
        for other in (again, resumed):
            for (name, a), b in zip(
                straight.state_dict().items(), other.state_dict().values(), strict=True
            ):
                assert torch.equal(a, b), name

    def test_training_lowers_the_loss_and_leaves_the_word_embeddings(self, folder, tmp_path):
        network, lines = make(folder), []
        before = network.encoder.embeddings.word_embeddings.weight.clone()
        train(network, lessons(450), SETTINGS, tmp_path, report=lines.append)
        losses = [float(line.split("loss ")[1].split()[0]) for line in lines]
        assert losses[-1] < 0.95 * losses[0]
        assert torch.equal(network.encoder.embeddings.word_embeddings.weight, before)

    def test_a_checkpoint_of_other_data_is_refused(self, folder, tmp_path):
        train(make(folder), lessons(40), SETTINGS, tmp_path, steps=1, report=_quiet)
        with pytest.raises(DataError, match="of data for"):
            train(make(folder), lessons(20), SETTINGS, tmp_path, resume=True, report=_quiet)

    def test_nothing_to_resume(self, folder, tmp_path):
        with pytest.raises(DataError, match="without --resume"):
            train(make(folder), lessons(20), SETTINGS, tmp_path, resume=True, report=_quiet)

    def test_a_checkpoint_can_be_loaded(self, folder, tmp_path):
        network = make(folder)
        train(network, lessons(20), SETTINGS, tmp_path, steps=2, report=_quiet)
        other = make(folder, seed=4)
        assert load_network(tmp_path, other) == 2
        assert torch.equal(other.span.weight, network.span.weight)

    def test_the_mean_of_two_runs(self, folder, tmp_path):
        networks = [make(folder), make(folder, seed=5)]
        for network, name in zip(networks, "ab", strict=True):
            train(network, lessons(20), SETTINGS, tmp_path / name, steps=2, report=_quiet)
        mean = make(folder, seed=6)
        assert load_mean([tmp_path / "a", tmp_path / "b"], mean) == 2
        expected = (networks[0].span.weight + networks[1].span.weight) / 2
        assert torch.allclose(mean.span.weight, expected)
        assert load_mean([tmp_path / "b"], mean) == 2
        assert torch.equal(mean.span.weight, networks[1].span.weight)
        with pytest.raises(DataError, match="no checkpoint"):
            load_mean([tmp_path / "a", tmp_path / "c"], mean)


class TestExport:
    def test_the_file_says_what_the_network_says(self, folder, tmp_path):
        network = make(folder).eval()
        file = tmp_path / "reader.onnx"
        write_onnx(network, file)
        rng = np.random.default_rng(0)
        ids = rng.integers(1000, 30_000, (3, 50))
        mask = np.ones_like(ids)
        mask[1, 30:] = 0
        types = np.zeros_like(ids)
        with torch.inference_mode():
            expected = [
                part.numpy() for part in network(*map(torch.from_numpy, (ids, mask, types)))
            ]
        whole = onnx_run(file.with_suffix(".float.onnx"))(ids, mask, types)
        small = onnx_run(file)(ids, mask, types)
        for exact, same, near in zip(expected, whole, small, strict=True):
            np.testing.assert_allclose(same, exact, atol=1e-4)
            assert np.abs(near - exact).mean() < 0.1 * exact.std()
        assert file.stat().st_size < file.with_suffix(".float.onnx").stat().st_size / 3
        assert set(tmp_path.iterdir()) == {file, file.with_suffix(".float.onnx")}

    def test_a_reader_loads_with_its_card(self, folder, tmp_path):
        network = make(folder).eval()
        file = tmp_path / "reader.onnx"
        write_onnx(network, file)
        scores = Validation({"narrativeqa": 0.51234}, {"narrativeqa": 7})
        scale = Scale(window=0.25, bias=-1.0)
        card = write_card(file, scale, scores, scores, scores, SETTINGS, "qa train data", 12, 384)
        assert json.loads(file.with_suffix(".json").read_text()) == card
        assert card["validation"]["narrativeqa"] == {"value": 0.5123, "questions": 7}
        assert card["bytes"] == file.stat().st_size
        text = "Amber sold the birch boat to Cedar."
        passages = [Retrieved(1, Passage(0, "s", text, 0, len(text)), 1.0)]
        question = analyse("Who sold the boat?")
        shipped = NeuralReader.load(file).read(question, passages)
        exact = torch_reader(network, scale).read(question, passages)
        assert shipped.null_score == pytest.approx(exact.null_score, abs=0.2)
        assert len(shipped.spans) == len(exact.spans)

    def test_a_channel_that_is_much_louder_than_others_costs_the_others_nothing(self, folder):
        network = make(folder).eval()
        with torch.no_grad():
            network.encoder.encoder.layer[0].attention.output.LayerNorm.weight[7] = 60.0
        weights = {name: part.numpy() for name, part in network.state_dict().items()}
        loud = loud_channels(weights, 2)
        assert 7 in loud["encoder.layer.0.intermediate.dense"]
        assert all(len(set(channels)) == 2 for channels in loud.values())
        ids = np.random.default_rng(0).integers(1000, 30_000, (3, 50))
        feeds = dict.fromkeys(("attention_mask", "token_type_ids"), np.ones_like(ids))

        product = "encoder.layer.0.intermediate.dense.output"

        def found(channels):
            model = reader_graph(weights, 2, channels, [product]).SerializeToString()
            session = onnxruntime.InferenceSession(model)
            return session.run([product], {"input_ids": ids, **feeds})[0]

        exact, apart, together = found(None), found(loud), found({})
        assert np.abs(apart - exact).mean() < np.abs(together - exact).mean() / 10

    def test_the_file_comes_out_the_same_byte_for_byte(self, folder, tmp_path):
        network = make(folder)
        for name in "ab":
            write_onnx(network, tmp_path / f"{name}.onnx")
        assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


class TestScores:
    def test_rouge_l_of_coco_by_hand(self):
        # Precision 2/3 against the first, recall 1 against the second.
        expected = (1 + 1.44) * (2 / 3) / (1 + 1.44 * 2 / 3)
        found = rouge_l_coco("The red hat!", ["a red hat, said he", "hat"])
        assert found == pytest.approx(expected)
        assert rouge_l_coco("", ["x"]) == 0.0

    def test_rouge_l_f1_stems_and_takes_the_first_reference(self):
        assert rouge_l_f1("the horses", ["horse", "the horses"]) == pytest.approx(2 / 3)

    def test_auroc_by_hand(self):
        assert auroc([3, 2], [1, 0]) == 1.0
        assert auroc([1, 1], [1, 1]) == 0.5
        assert auroc([2, 0], [1]) == 0.5

    def test_validation_means_and_areas(self):
        text = "Amber left. Birch stayed."
        document = Document("d", text, tell_sentences(text))

        class Reader:
            def read(self, question, passages):
                null = -0.1 if "Cedar" in question.text else -2.0
                return Reading((Span(0, 5, -1.0),), null)

        def asked(kind, text, *answers, explicit=True):
            return Asked(kind, analyse(text), document, (), answers, explicit)

        found = Validation.of(
            Reader(),
            [
                asked("narrativeqa", "Who left?", "Amber"),
                asked("narrativeqa", "Who stayed?", "Birch"),
                asked("altered", "Who left Cedar?"),
                asked("squad2", "Who left?", "Amber"),
                asked("squad2", "Did Cedar leave?"),
                asked("fairytaleqa section", "Who left?", "Amber", explicit=False),
            ],
        )
        assert found.scores == {
            "narrativeqa": 0.5,
            "squad2": 1.0,
            "fairytaleqa section": 1.0,
            "fairytaleqa section implicit": 1.0,
            "auroc altered": 1.0,
            "auroc squad2": 1.0,
        }
        assert found.counts["auroc altered"] == 3


def _fields(settings):
    return {name: getattr(settings, name) for name in Settings.__slots__}


def _quiet(line):
    assert line
