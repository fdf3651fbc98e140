"""The adapter to MusicGen (Copet et al. 2023), by the loaders of `transformers`: words to up to thirty seconds of sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from accord.training.adapters import Samples, SoundRequest, library, reading
from accord.training.learning import lab

#: How far what is drawn leans to the words (classifier-free guidance), as its authors do.
GUIDANCE = 3.0


@dataclass(frozen=True)
class MusicGen:
    """The processor of the words, and the network with its codec."""

    processor: Any
    network: Any

    def generate(self, request: SoundRequest) -> tuple[Samples, int]:
        """Draw as many frames of the codec as the seconds need, and decode them."""
        torch = lab()
        codec = self.network.config.audio_encoder
        frames = round(request.seconds * codec.frame_rate)
        # the codebooks are written one step apart, so the last of them ends so much later
        steps = frames + self.network.config.decoder.num_codebooks - 1
        asked = self.processor(text=[request.words], padding=True, return_tensors="pt")
        torch.manual_seed(request.seed)
        with torch.no_grad():
            made = self.network.generate(
                **asked, do_sample=True, guidance_scale=GUIDANCE, max_new_tokens=steps, min_new_tokens=steps
            )
        most = round(request.seconds * codec.sampling_rate)
        return np.ascontiguousarray(made[0].float().numpy().T[:most]), int(codec.sampling_rate)


def load(folder: Path) -> MusicGen:
    """Open it from a folder, local files and safetensors only. Raises: BadInput for another model, or without the extra."""
    torch, transformers = lab(), library("transformers")
    with reading(folder, "MusicGen"):
        processor = transformers.MusicgenProcessor.from_pretrained(folder, local_files_only=True)
        network = transformers.MusicgenForConditionalGeneration.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
    return MusicGen(processor, network.eval())
