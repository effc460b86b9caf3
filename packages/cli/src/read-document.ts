import { isObject } from "./is-object.ts";

/**
 * The object in a text of JSON or YAML.
 *
 * @param what begins the error, such as "The file".
 * @throws Error that says what is wrong with the text.
 */
export async function readDocument(what: string, text: string): Promise<Record<string, unknown>> {
  const value = await parse(what, text);
  if (isObject(value)) return value;
  throw new Error(`${what} must have fields with names, as a JSON object has.`);
}

async function parse(what: string, text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    const yaml = await import("./yaml.ts");
    try {
      return yaml.parse(text);
    } catch (error) {
      const [problem = ""] = (error as Error).message.split("\n", 1);
      throw new Error(`${what} is neither JSON nor YAML: ${problem.replace(/:$/, "")}.`);
    }
  }
}
