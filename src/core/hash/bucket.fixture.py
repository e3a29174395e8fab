"""Language-neutral vectors of the assignment: first 52 bits of SHA-256(salt + ":" + unit) / 2^52, by hashlib."""
import hashlib, json
from pathlib import Path

cases = []
for salt, unit in [("", ""), ("r1", "42"), ("rollout-7", "user-1"), ("rollout-7", "user-2"), ("rollout-8", "user-1"), ("s", "Zoë"), ("s", "用户"), ("s", "🙂"), ("a:b", "c"), ("a", "b:c"), ("long", "x" * 200)]:
    digest = hashlib.sha256(f"{salt}:{unit}".encode()).hexdigest()
    cases.append({"salt": salt, "unit": unit, "sha256": digest, "bucket": int(digest[:13], 16) / 2**52})
Path(__file__).with_suffix(".json").write_text(json.dumps({"scheme": "sha256-52/1", "cases": cases}, indent=1) + "\n")
