// node generate.mjs OPENAPI: lints the description (openapi-typescript does, by Redocly's rules), prints the TypeScript
// types that it gives, and compiles them.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const path = process.argv[2];
await readFile(path);
const text = astToString(await openapiTS(pathToFileURL(path)));

const use = `
import type { components, operations, paths } from "./api";
type Server = components["schemas"]["Server"];
const port: Server["port"] = 5432;
const job: operations["createBackup"]["responses"][202]["content"]["application/json"]["job_id"] = "";
const body: NonNullable<paths["/api/v1/session"]["post"]["requestBody"]>["content"]["application/json"] = { user: "", password: "" };
// @ts-expect-error: no such state
const state: components["schemas"]["JobState"] = "lost";
export { port, job, body, state };
`;
const files = new Map([["/api.ts", text], ["/use.ts", use]]);
const options = { strict: true, noEmit: true, types: [], lib: ["lib.es2022.d.ts"], target: ts.ScriptTarget.ES2022 };
const disk = ts.createCompilerHost(options);
const host = {
    ...disk,
    getSourceFile: (name, target) =>
        files.has(name) ? ts.createSourceFile(name, files.get(name), target) : disk.getSourceFile(name, target),
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    readFile: (name) => files.get(name) ?? disk.readFile(name),
    getCurrentDirectory: () => "/",
};
const program = ts.createProgram([...files.keys()], options, host);
const found = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()];
for (const each of found)
    console.error(ts.flattenDiagnosticMessageText(each.messageText, "\n"));
console.log(text);
process.exitCode = found.length > 0 ? 1 : 0; // exit() would cut off what a pipe has not taken yet
