export { createOutputFolder } from "../adapters/files/output-folder.ts";
