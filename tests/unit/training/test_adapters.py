"""Outside models by their libraries' real loaders, on tiny random weights made here; nothing is fetched."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from accord.terms.refusal import BadInput
from accord.training import adapters, weights
from accord.training.adapters import SoundRequest, sound

os.environ["HF_HUB_OFFLINE"] = "1"
torch = pytest.importorskip("torch", reason="the extra [lab] is not installed: models are not run")
transformers = pytest.importorskip("transformers", reason="the extra [outside] is not installed: MusicGen is not run")
diffusers = pytest.importorskip("diffusers", reason="the extra [outside] is not installed: ACE-Step is not run")
REAL = {name: os.environ.get(f"ACCORD_TEST_{name.upper().replace('-', '_')}") for name in adapters.ADAPTERS}
ASKED, DIGEST = SoundRequest("a slow air", 1.0, seed=7), "sha256:" + "a" * 64


def words():  # type: ignore[no-untyped-def]
    """A tokenizer of five words."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {word: number for number, word in enumerate(["<pad>", "</s>", "<unk>", "a", "slow", "air"])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )


def musicgen(folder: Path) -> None:
    """A MusicGen of a few thousand weights: one layer everywhere, two codebooks of 32."""
    text = transformers.T5Config(vocab_size=16, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    codec = transformers.EncodecConfig(
        num_filters=4, hidden_size=16, codebook_size=32, codebook_dim=16, upsampling_ratios=[8, 5, 4, 4],
        num_lstm_layers=1, target_bandwidths=[1.0], sampling_rate=32_000, normalize=False,
    )  # fmt: skip
    decoder = transformers.MusicgenDecoderConfig(
        vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16, num_codebooks=2,
        max_position_embeddings=64, pad_token_id=32, bos_token_id=32,
    )  # fmt: skip
    parts = {"text_encoder": text.to_dict(), "audio_encoder": codec.to_dict(), "decoder": decoder.to_dict()}
    network = transformers.MusicgenForConditionalGeneration(transformers.MusicgenConfig(**parts))
    for layer in network.audio_encoder.quantizer.layers:
        torch.nn.init.normal_(layer.codebook.embed)  # zeros otherwise: every code would sound the same
    settings = network.generation_config
    settings.decoder_start_token_id = settings.pad_token_id = settings.bos_token_id = 32
    network.save_pretrained(folder)
    transformers.MusicgenProcessor(transformers.EncodecFeatureExtractor(sampling_rate=32_000), words()).save_pretrained(
        folder
    )


def ace_step(folder: Path) -> None:
    """An ACE-Step of a few thousand weights: one layer everywhere."""
    from diffusers.pipelines.ace_step import AceStepConditionEncoder

    size = {
        "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
    }  # fmt: skip
    diffusers.AceStepPipeline(
        vae=diffusers.AutoencoderOobleck(
            encoder_hidden_size=4, downsampling_ratios=[4, 8, 8, 8], channel_multiples=[1, 1, 1, 1],
            decoder_channels=4, decoder_input_channels=8, audio_channels=2, sampling_rate=48_000,
        ),
        text_encoder=transformers.Qwen3Model(transformers.Qwen3Config(vocab_size=16, num_hidden_layers=1, **size)),
        tokenizer=words(),
        transformer=diffusers.AceStepTransformer1DModel(
            num_hidden_layers=1, in_channels=24, audio_acoustic_hidden_dim=8, is_turbo=True, **size
        ),
        condition_encoder=AceStepConditionEncoder(
            text_hidden_dim=16, timbre_hidden_dim=8, num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1, **size,
        ),
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    ).save_pretrained(folder)  # fmt: skip


MAKE = {"musicgen": musicgen, "ace-step": ace_step}
RATES = {"musicgen": (32_000, 1), "ace-step": (48_000, 2)}


@pytest.fixture(scope="module", params=list(MAKE))
def tiny(request, tmp_path_factory):  # type: ignore[no-untyped-def]
    """(adapter, folder) of a tiny model with random weights."""
    folder = tmp_path_factory.mktemp(request.param)
    torch.manual_seed(0)
    MAKE[request.param](folder)
    return request.param, folder


@pytest.fixture(autouse=True)
def no_network(monkeypatch):  # type: ignore[no-untyped-def]
    """Whoever looks up a name or connects is caught."""

    def caught(*asked, **more):  # type: ignore[no-untyped-def]
        raise AssertionError(f"the network was tried: {asked}")

    monkeypatch.setattr(socket, "getaddrinfo", caught)
    monkeypatch.setattr(socket.socket, "connect", caught)


def test_it_makes_the_seconds_that_were_asked_for_and_the_same_again(tiny):
    """By the real loader from a folder, with no network: sound of its rate and channels; the seed decides which."""
    adapter, folder = tiny
    rate, channels = RATES[adapter]
    before = torch.random.get_rng_state()
    adapters._opened.cache_clear()
    first, found = sound(adapter, folder, DIGEST, ASKED)
    assert (first.shape, found) == ((rate, channels), rate) and np.abs(first).max() > 0
    assert np.array_equal(first, sound(adapter, folder, DIGEST, ASKED)[0])
    assert not np.array_equal(first, sound(adapter, folder, DIGEST, SoundRequest("a slow air", 1.0, seed=8))[0])
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("adapter", list(adapters.ADAPTERS))
def test_what_it_cannot_make_is_said(adapter, tmp_path):
    """No words, too many, too short, too long, a seed that is none: one sentence each, before anything is opened."""
    wrong = (
        SoundRequest(" "), SoundRequest("a" * 401), SoundRequest("a", 0.5), SoundRequest("a", 900), SoundRequest("a", seed=-1)
    )  # fmt: skip
    for asked in wrong:
        with pytest.raises(BadInput) as said:
            sound(adapter, tmp_path / "nowhere", DIGEST, asked)
        assert "nowhere" not in str(said.value)


class Reading:
    """A model of sound that plays the bytes of its weights."""

    def __init__(self, folder: Path) -> None:
        self.read = (folder / "model.safetensors").read_bytes()

    def generate(self, request: SoundRequest) -> tuple[adapters.Samples, int]:
        """One frame for each byte."""
        return np.frombuffer(self.read, np.uint8).astype(np.float32)[:, None], 32_000


def test_weights_that_are_replaced_in_their_folder_are_opened_anew(tmp_path, monkeypatch):
    """Other weights in the same folder, under their own digest: it is they that are heard."""
    from accord.training import musicgen as adapter

    monkeypatch.setattr(adapter, "load", Reading)
    heard = []
    for content in (b"first", b"other"):
        (tmp_path / "model.safetensors").write_bytes(content)
        samples, _ = sound("musicgen", tmp_path, weights.digest(tmp_path)[0], ASKED)
        heard.append(samples.astype(np.uint8).tobytes())
    adapters._opened.cache_clear()
    assert heard == [b"first", b"other"]


def test_a_folder_of_something_else_is_no_model(tiny, tmp_path):
    """Without its configuration a folder is refused in one sentence, and no hub is asked for what is missing."""
    adapter, folder = tiny
    for file in folder.rglob("*.safetensors"):
        shutil.copy(file, tmp_path / file.name)
    with pytest.raises(BadInput, match="is no"):
        sound(adapter, tmp_path, DIGEST, ASKED)


def test_weights_that_cannot_be_read_are_no_model(tiny, tmp_path):
    """Bytes that are no weights, beside a real configuration, are refused in one sentence."""
    adapter, folder = tiny
    shutil.copytree(folder, tmp_path / "corrupt")
    for file in (tmp_path / "corrupt").rglob("*.safetensors"):
        file.write_bytes(b"weights")
    with pytest.raises(BadInput, match="is no"):
        sound(adapter, tmp_path / "corrupt", DIGEST, ASKED)


@pytest.mark.real_weights
@pytest.mark.parametrize("adapter", list(REAL))
def test_real_weights_make_sound(adapter):
    """The published weights, where a folder with them is named; they are gigabytes, and MusicGen's are non-commercial."""
    folder = REAL[adapter]
    if folder is None:
        pytest.skip(
            f"ACCORD_TEST_{adapter.upper().replace('-', '_')} names no folder with real weights: gigabytes, not shipped"
        )
    made, rate = sound(adapter, Path(folder), DIGEST, SoundRequest("a slow air on a violin", 3.0))
    assert len(made) == 3 * rate and np.abs(made).max() > 0.01
