// SPDX-FileCopyrightText: 2026 The Pouce authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The broker's OpenAPI document as a judge: every HTTP answer that a test receives is checked against it, with all
// objects closed, so that a field too many fails as well as one too few.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

import { sourceDir } from "../../support/programs.ts";

type Json = { [key: string]: any };

const document = JSON.parse(readFileSync(join(sourceDir, "broker/http/openapi.json"), "utf8")) as Json;
const checks = new Map<string, ValidateFunction>();
/** Operations and statuses that were seen, "signUp 201". */
export const seen = new Set<string>();

function close(schema: any): any {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== "object" || schema === null) return schema;
  const out: Json = {};
  for (const [key, value] of Object.entries(schema)) out[key] = close(value);
  if (out.type === "object" && out.properties) out.additionalProperties = false;
  return out;
}

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: "pouce", components: close(document.components) });

function operation(method: string, path: string): { id: string; responses: Json } | undefined {
  const wanted = path.split("?")[0]!.split("/");
  for (const [pattern, item] of Object.entries<Json>(document.paths)) {
    const parts = pattern.split("/");
    const fits = parts.length === wanted.length && parts.every((part, at) => part.startsWith("{") || part === wanted[at]);
    const found = item[method.toLowerCase()];
    if (fits && found) return { id: found.operationId, responses: found.responses };
  }
  return undefined;
}

function validator(name: string, schema: Json): ValidateFunction {
  let check = checks.get(name);
  if (!check) {
    const text = JSON.stringify(close(schema)).replaceAll('"#/components', '"pouce#/components');
    check = ajv.compile(JSON.parse(text));
    checks.set(name, check);
  }
  return check;
}

/** Throws unless the document promises this answer. @path: from the root, with its query. */
export function judge(method: string, path: string, status: number, type: string, body: unknown): void {
  const found = operation(method, path);
  const where = `${method} ${path} → ${status}`;
  if (!found) {
    // an address that is not in the document: only a problem may come back
    const check = validator("problem", { $ref: "#/components/schemas/Problem" });
    if (status < 400 || !check(body)) throw new Error(`${where}: ${JSON.stringify(body)}`);
    return;
  }
  const answer = found.responses[String(status)];
  if (!answer) throw new Error(`${where} is not in the document: ${JSON.stringify(body)}`);
  seen.add(`${found.id} ${status}`);
  if (!answer.content) {
    if (body !== null) throw new Error(`${where} has a body`);
    return;
  }
  const schema = answer.content[type]?.schema;
  if (!schema) throw new Error(`${where} came as ${type}`);
  const check = validator(`${found.id} ${status}`, schema);
  if (!check(body)) throw new Error(`${where}: ${ajv.errorsText(check.errors)} in ${JSON.stringify(body)}`);
  if (status >= 400 && (body as Json).status !== status) throw new Error(`${where}: the problem says ${(body as Json).status}`);
}

/** Every operation's success that the document names, to compare with `seen`. */
export function promised(): string[] {
  const out: string[] = [];
  for (const item of Object.values<Json>(document.paths))
    for (const [method, op] of Object.entries<Json>(item))
      if (method !== "parameters") for (const status of Object.keys(op.responses)) if (status < "400") out.push(`${op.operationId} ${status}`);
  return out;
}
