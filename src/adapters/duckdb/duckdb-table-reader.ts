import type { TableReader } from "../../app/ports/table-reader.ts";
import { Failure } from "../../core/failures.ts";
import { engineFailure } from "./engine-failure.ts";
import type { Engine, EngineOptions } from "./engine.ts";
import { openEngine } from "./engine.ts";
import { openPlainFile } from "./file-format.ts";
import type { PlainFile } from "./file-format.ts";
import { openParquet } from "./parquet-storage.ts";
import { expandInputs } from "./source-files.ts";
import { createTableSource } from "./table-source.ts";
import { openTextFiles } from "./text-storage.ts";

/** Reads Parquet, CSV, TSV, JSON and JSON lines, each also as `.gz`, through DuckDB in this process. */
export function createDuckDbTableReader(options: EngineOptions = {}): TableReader {
  let engine: Promise<Engine> | null = null;
  let packed = 0;
  return {
    open: async (inputs) => {
      const paths = await expandInputs(inputs);
      engine ??= openEngine(options);
      const opened = await engine;
      const files: PlainFile[] = [];
      for (const path of paths) files.push(await openPlainFile(path, opened.scratch, packed++));
      checkOneFormat(files);
      try {
        const storage =
          files[0]?.format === "parquet" ? await openParquet(opened, files) : await openTextFiles(opened, files);
        return createTableSource(opened, storage);
      } catch (error) {
        throw engineFailure(error, files[0]?.path ?? "");
      }
    },
    close: async () => {
      if (engine !== null) (await engine).close();
      engine = null;
    },
  };
}

function checkOneFormat(files: readonly PlainFile[]): void {
  const [first] = files;
  const other = files.find((file) => file.format !== first?.format);
  if (first === undefined || other === undefined) return;
  throw new Failure("FILE_UNREADABLE", {
    where: other.path,
    message: `the files mix formats: ${first.path} is ${first.format} and ${other.path} is ${other.format}`,
    mend: ["name files of one format, for example with a glob that ends in its ending"],
  });
}
