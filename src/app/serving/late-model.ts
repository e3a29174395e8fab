import type { Answer, ServingModel } from "../ports/serving-runtime.ts";

/**
 * A remote model whose server did not answer when the gateway started. It is asked again when it is needed, and is that
 * model from then on; until then each call fails, so that the fallback chain answers.
 */
export function createLateModel(load: () => Promise<ServingModel>, address: string, reason: string): ServingModel {
  let model: ServingModel | null = null;
  let loading: Promise<ServingModel> | null = null;
  let closed = false;
  const ready = (): Promise<ServingModel> => {
    if (model !== null) return Promise.resolve(model);
    loading ??= load()
      .then(async (loaded) => {
        model = loaded;
        if (closed) await loaded.close();
        return loaded;
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  };
  return {
    get kind() {
      return model?.kind ?? "url";
    },
    get platform() {
      return model?.platform ?? "unreachable";
    },
    get digest() {
      return model?.digest ?? "";
    },
    get inputs() {
      return model?.inputs ?? [];
    },
    get outputs() {
      return model?.outputs ?? [];
    },
    get score() {
      return model?.score ?? { output: "score", column: 0 };
    },
    get columns() {
      return model?.columns ?? [];
    },
    get classes() {
      return model?.classes ?? [];
    },
    get placement() {
      return model?.placement ?? `remote: ${address} did not answer (${reason}); it is asked again when it is needed`;
    },
    get isLoaded() {
      return model !== null;
    },
    encode: (records) => model?.encode(records) ?? [],
    decode: (tensors) => model?.decode(tensors) ?? null,
    predict: async (rows, options): Promise<Answer> => (await ready()).predict(rows, options),
    close: async () => {
      closed = true;
      await model?.close();
    },
  };
}
