import { JsonError, type Span, scanJson } from "../json/scan.ts";

const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const READ = { members: { version: {}, features: {}, deployment: { members: { resources: {} } } } };

/**
 * How many resources are in the text `{"version":N,"features":[…],"deployment":{…}}` of a state.
 *
 * @returns undefined when it is another text.
 */
export function countResources(text: Buffer): number | undefined {
  const state = scanned(text);
  const deployment = state?.members.get("deployment");
  if (!deployment || text[deployment.start] !== OPEN_OBJECT) return undefined;
  const version = state?.members.get("version");
  if (!version || !/^[1-4]$/.test(text.toString("latin1", version.start, version.end))) return undefined;
  const features = state?.members.get("features");
  if (features && text[features.start] !== OPEN_ARRAY) return undefined;
  const resources = deployment.members.get("resources");
  if (!resources || text.toString("latin1", resources.start, resources.end) === "null") return 0;
  return text[resources.start] === OPEN_ARRAY ? resources.count : undefined;
}

function scanned(text: Buffer): Span | undefined {
  try {
    return scanJson(text, READ);
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}
