"""The adapter to ACE-Step 1.5 (Gong et al. 2025), by the loader of `diffusers`: words to up to four minutes of sound.

It sings when it is given lyrics; it is given none here, so that no text goes in that nobody has checked.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from accord.training.adapters import Samples, SoundRequest, library, reading
from accord.training.learning import lab

#: Steps of the flow: eight for a distilled (turbo) model, as many for another as its authors take.
TURBO_STEPS, STEPS = 8, 50


@dataclass(frozen=True)
class AceStep:
    """The pipeline: text encoder, transformer, codec."""

    pipeline: Any

    def generate(self, request: SoundRequest) -> tuple[Samples, int]:
        """Let the flow run from noise drawn by the seed, and decode where it ends."""
        chance = lab().Generator().manual_seed(request.seed)
        made = self.pipeline(
            prompt=request.words,
            lyrics="",
            audio_duration=request.seconds,
            num_inference_steps=TURBO_STEPS if self.pipeline.is_turbo else STEPS,
            generator=chance,
            output_type="np",
        ).audios[0]
        rate = int(self.pipeline.sample_rate)
        return np.ascontiguousarray(np.asarray(made, np.float32).T[: round(request.seconds * rate)]), rate


def load(folder: Path) -> AceStep:
    """Open it from a folder, local files and safetensors only. Raises: BadInput for another model, or without the extra."""
    torch, diffusers = lab(), library("diffusers")
    library("transformers")  # its text encoder is theirs
    warnings.filterwarnings("ignore", "`torch.nn.utils.weight_norm`", FutureWarning)  # its codec is built with it
    with reading(folder, "ACE-Step"):
        pipeline = diffusers.AceStepPipeline.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, trust_remote_code=False, dtype=torch.float32
        )
    pipeline.set_progress_bar_config(disable=True)
    return AceStep(pipeline)
