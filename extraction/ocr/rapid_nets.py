"""The two networks of RapidOCR's wheel (PP-OCR: where is text, what does it say) on OpenVINO or ONNX Runtime.

Only the model files of the wheel are used: its Python code downloads, writes files and logs. One inference thread a process,
32-bit floats: OpenVINO's own choice of bfloat16 measured 1.5 × slower on processors without matrix units, and rounds.
"""

from __future__ import annotations

import importlib.util
import sys
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Runtime = Literal["openvino", "onnxruntime"]
RUNTIMES: tuple[Runtime, ...] = ("openvino", "onnxruntime")
_Network = Callable[[Floats], Floats]
_LAST_LATIN = "\u017f"         # Basic Latin, Latin-1 and Latin Extended-A: every language of Europe in Latin letters, but:
_SIGNS = frozenset("ȘșȚț–—―‘’“”†‡•…‰€₣₤₫₱₴₹₺₽™←↑→↓−≈≠≤≥∅⌀√∞■□●○▪▲▼☐☑☒✓✔✕✗✘★☆")
_TOPOLOGY = (Path("/sys/devices/system/cpu/online"), Path("/proc/cpuinfo"))
_BLANK = ""                   # the recogniser's first answer: no character here


@dataclass(frozen=True, slots=True)
class Nets:
    """`detect`: (1, 3, H, W) → (H, W) text probability. `recognise`: (N, 3, 48, W) → (N, W / 8, letters) probabilities.

    `letters[i]` is what answer i of the recogniser stands for; "" is a pause between characters.
    """

    detect: _Network
    recognise: _Network
    letters: tuple[str, ...]
    runtime: Runtime


def load_nets(runtime: Runtime | None = None) -> Nets:
    """Both networks, on `runtime` or the first one that works. Raises ImportError when neither is installed, or no models."""
    folder = models_folder()
    detector, recogniser = _only(folder, "*_det_*.onnx"), _only(folder, "*_rec_*.onnx")
    problems = []
    for name in (runtime,) if runtime else RUNTIMES:
        try:
            return _LOADERS[name](detector, recogniser)
        except Exception as e:            # a runtime may fail in any way on a processor it does not know
            problems.append(f"{name}: {e or type(e).__name__}")
    raise ImportError("; ".join(problems))


def models_folder() -> Path:
    """Where the wheel keeps its models. Raises ImportError when RapidOCR is not installed."""
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise ImportError("rapidocr is not installed")
    return Path(spec.submodule_search_locations[0]) / "models"


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise ImportError(f"{len(found)} models {pattern} in the rapidocr package, one expected")
    return found[0]


def wanted(letters: Sequence[str]) -> NDArray[np.intp]:
    """Positions of the answers we keep: pause, space, digits, signs, Latin and Greek letters.

    The model knows 17,000 ideographs too; without them it takes a third less time and never reads a dash as a Chinese one.
    """
    return np.array([n for n, letter in enumerate(letters) if letter in {_BLANK, " "} or _is_ours(letter)], dtype=np.intp)


def _is_ours(letter: str) -> bool:
    return all(c <= _LAST_LATIN or c in _SIGNS or unicodedata.name(c, "").startswith("GREEK") for c in letter)


def _all_letters(listed: str) -> list[str]:
    """The answers in the network's order: a pause, the listed characters, a space."""
    return [_BLANK, *listed.splitlines(), " "]


def _on_openvino(detector: Path, recogniser: Path) -> Nets:
    if not any(place.exists() for place in _TOPOLOGY):
        raise ImportError("the processor's description cannot be read")       # OpenVINO would wait for it for ever
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # else the import reports to its maker
    import openvino
    from openvino import opset13

    core = openvino.Core()
    options = {"INFERENCE_NUM_THREADS": "1", "NUM_STREAMS": "1", "INFERENCE_PRECISION_HINT": "f32"}

    def network(model: Any) -> _Network:
        request = core.compile_model(model, "CPU", options).create_infer_request()

        def run(batch: Floats) -> Floats:
            request.infer([batch])
            return np.array(request.get_output_tensor().data)

        return run

    model = core.read_model(recogniser)
    letters = _all_letters(model.get_rt_info(["framework", "character"]).astype(str))
    keep = wanted(letters)
    _narrow(model, keep, opset13.constant)
    detect = network(core.read_model(detector))
    return Nets(lambda batch: detect(batch)[0, 0], network(model), tuple(letters[n] for n in keep), "openvino")


def _narrow(model: Any, keep: NDArray[np.intp], constant: Callable[[Any], Any]) -> None:
    """Drop the other answers from the last layer (a product with weights, plus a bias) instead of computing them."""
    last = [op for op in model.get_ordered_ops() if op.get_type_name() in {"MatMul", "Add"}][-2:]
    if [op.get_type_name() for op in last] != ["MatMul", "Add"]:
        raise ValueError("the recogniser does not end in the layer that was expected")
    for op in last:
        weights = op.input_value(1).get_node().get_data()
        op.input(1).replace_source_output(constant(np.ascontiguousarray(weights[..., keep])).output(0))
    model.validate_nodes_and_infer_types()


def _on_onnxruntime(detector: Path, recogniser: Path) -> Nets:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False              # it never gives memory back, and pages differ in size
    options.log_severity_level = 4

    def session(path: Path) -> Any:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    detect, recognise = session(detector), session(recogniser)
    entry, reading = detect.get_inputs()[0].name, recognise.get_inputs()[0].name
    letters = _all_letters(recognise.get_modelmeta().custom_metadata_map["character"])
    keep = wanted(letters)

    def narrowed(batch: Floats) -> Floats:
        answers: Floats = recognise.run(None, {reading: batch})[0][..., keep]
        return np.asarray(answers / answers.sum(axis=2, keepdims=True), np.float32)

    return Nets(
        lambda batch: detect.run(None, {entry: batch})[0][0, 0], narrowed, tuple(letters[n] for n in keep), "onnxruntime")


_LOADERS: dict[Runtime, Callable[[Path, Path], Nets]] = {"openvino": _on_openvino, "onnxruntime": _on_onnxruntime}
