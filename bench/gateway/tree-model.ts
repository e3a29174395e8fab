import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { createRandom } from "../../src/core/statistics/random.ts";

export const featureNames = Array.from({ length: 20 }, (_, i) => `f${i}`);

type Write = (writer: BinaryWriter) => void;

function inner(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

const text = (writer: BinaryWriter, field: number, value: string): BinaryWriter =>
  writer.tag(field, WireType.LengthDelimited).string(value);

/** One attribute of a node: 7 floats, 8 integers, 9 texts in the ONNX format. */
function attribute(node: BinaryWriter, name: string, values: readonly (number | string)[], kind: 6 | 7 | 8): void {
  inner(node, 5, (writer) => {
    text(writer, 1, name);
    if (kind === 8) for (const value of values) text(writer, 9, String(value));
    else {
      const field = kind === 6 ? 7 : 8;
      writer.tag(field, WireType.LengthDelimited).fork();
      for (const value of values) {
        if (kind === 6) writer.float(Number(value));
        else writer.int64(Number(value));
      }
      writer.join();
    }
    writer.tag(20, WireType.Varint).int32(kind);
  });
}

/** An ensemble of complete trees on 20 features with seeded splits, as an ONNX file. */
export function treeModel(trees: number, depth: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  const ids: number[] = [];
  const nodes: number[] = [];
  const features: number[] = [];
  const values: number[] = [];
  const modes: string[] = [];
  const yes: number[] = [];
  const no: number[] = [];
  const leaves: { tree: number; node: number; weight: number }[] = [];
  for (let tree = 0; tree < trees; tree++) {
    const inside = 2 ** depth - 1;
    for (let node = 0; node < 2 * inside + 1; node++) {
      const leaf = node >= inside;
      ids.push(tree);
      nodes.push(node);
      features.push(leaf ? 0 : random.nextBelow(featureNames.length));
      values.push(leaf ? 0 : random.nextNormal());
      modes.push(leaf ? "LEAF" : "BRANCH_LEQ");
      yes.push(leaf ? 0 : 2 * node + 1);
      no.push(leaf ? 0 : 2 * node + 2);
      if (leaf) leaves.push({ tree, node, weight: random.nextNormal() / trees });
    }
  }
  const tensor = (writer: BinaryWriter, field: number, name: string, width: number): void =>
    inner(writer, field, (info) => {
      text(info, 1, name);
      inner(info, 2, (type) =>
        inner(type, 1, (of) => {
          of.tag(1, WireType.Varint).int32(1);
          inner(of, 2, (shape) => {
            inner(shape, 1, (size) => text(size, 2, "N"));
            inner(shape, 1, (size) => size.tag(1, WireType.Varint).int64(width));
          });
        }),
      );
    });
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(8);
  text(writer, 2, "umpire-bench");
  inner(writer, 7, (graph) => {
    inner(graph, 1, (node) => {
      text(node, 1, "x");
      text(node, 2, "score");
      text(node, 4, "TreeEnsembleRegressor");
      attribute(node, "nodes_treeids", ids, 7);
      attribute(node, "nodes_nodeids", nodes, 7);
      attribute(node, "nodes_featureids", features, 7);
      attribute(node, "nodes_values", values, 6);
      attribute(node, "nodes_modes", modes, 8);
      attribute(node, "nodes_truenodeids", yes, 7);
      attribute(node, "nodes_falsenodeids", no, 7);
      attribute(
        node,
        "target_treeids",
        leaves.map((leaf) => leaf.tree),
        7,
      );
      attribute(
        node,
        "target_nodeids",
        leaves.map((leaf) => leaf.node),
        7,
      );
      attribute(
        node,
        "target_ids",
        leaves.map(() => 0),
        7,
      );
      attribute(
        node,
        "target_weights",
        leaves.map((leaf) => leaf.weight),
        6,
      );
      inner(node, 5, (one) => {
        text(one, 1, "n_targets");
        one.tag(3, WireType.Varint).int64(1).tag(20, WireType.Varint).int32(2);
      });
      text(node, 7, "ai.onnx.ml");
    });
    text(graph, 2, "trees");
    tensor(graph, 11, "x", featureNames.length);
    tensor(graph, 12, "score", 1);
  });
  for (const [domain, version] of [
    ["", 17],
    ["ai.onnx.ml", 3],
  ] as const) {
    inner(writer, 8, (opset) => {
      text(opset, 1, domain);
      opset.tag(2, WireType.Varint).int64(version);
    });
  }
  return writer.finish();
}
