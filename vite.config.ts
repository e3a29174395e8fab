import { defineConfig } from "vite";

/** Bundles the command line for the installed package. Small packages that every start needs go in, engines stay outside. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: ["commander", "yaml", "zod"] },
  build: {
    ssr: true,
    target: "node22",
    outDir: "dist/cli",
    emptyOutDir: true,
    minify: false,
    rollupOptions: {
      input: {
        main: "src/entrypoints/cli/main.ts",
        // A thread of its own, found by name beside the chunk that starts it.
        "onnx-worker": "src/adapters/onnx/onnx-worker.ts",
        "rotation-child": "src/adapters/prediction-log/rotation-child.ts",
        "watch-child": "src/composition/watch-child.ts",
        "trial-child": "src/composition/trial-child.ts",
        "evidence-worker": "src/adapters/evidence-worker/evidence-worker.ts",
      },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
