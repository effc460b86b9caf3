/**
 * JSON Schema of the part of SARIF 2.1.0 that Quillon writes, for tests: required properties, values and formats as the
 * standard has them, and no property that is not written. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
const object = (properties: Record<string, object>, ...required: string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const string = { type: "string" };
const listOf = (items: object, more: object = {}) => ({ type: "array", items, ...more });
const oneOf = (...values: string[]) => ({ enum: values });
const time = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$" };
const message = object({ text: string }, "text");
const level = oneOf("none", "note", "warning", "error");

const rule = object(
  {
    id: string,
    name: { type: "string", maxLength: 255 },
    shortDescription: object({ text: { type: "string", maxLength: 1024 } }, "text"),
    fullDescription: object({ text: { type: "string", maxLength: 1024 } }, "text"),
    help: message,
    helpUri: { type: "string", pattern: "^https?://[^\\s]+$" },
    defaultConfiguration: object({ level }),
    properties: object(
      {
        tags: listOf(string, { uniqueItems: true, maxItems: 20 }),
        "security-severity": { type: "string", pattern: "^\\d+\\.\\d$" },
      },
      "tags",
    ),
  },
  "id",
);

const location = object(
  {
    physicalLocation: object(
      {
        artifactLocation: object({ uri: { type: "string", pattern: "^[A-Za-z0-9%_.!~*'()/-]+$" } }, "uri"),
        region: object({ startLine: { type: "integer", minimum: 1 } }),
      },
      "artifactLocation",
    ),
    logicalLocations: listOf(object({ name: string, fullyQualifiedName: string, kind: string }), { uniqueItems: true }),
  },
  "physicalLocation",
);

const result = object(
  {
    ruleId: string,
    ruleIndex: { type: "integer", minimum: 0 },
    level,
    message,
    locations: listOf(location, { minItems: 1 }),
    partialFingerprints: object({ primaryLocationLineHash: string }, "primaryLocationLineHash"),
    suppressions: listOf(
      object(
        {
          kind: oneOf("inSource", "external"),
          status: oneOf("accepted", "underReview", "rejected"),
          justification: string,
        },
        "kind",
      ),
    ),
    properties: { type: "object" },
  },
  "message",
  "locations",
  "partialFingerprints",
);

const invocation = object(
  {
    executionSuccessful: { type: "boolean" },
    startTimeUtc: time,
    endTimeUtc: time,
    toolExecutionNotifications: listOf(object({ level, message }, "message")),
  },
  "executionSuccessful",
);

const run = object(
  {
    tool: object({ driver: object({ name: string, rules: listOf(rule, { uniqueItems: true }) }, "name") }, "driver"),
    automationDetails: object({ id: string }),
    columnKind: oneOf("utf16CodeUnits", "unicodeCodePoints"),
    results: listOf(result, { maxItems: 25_000 }),
    invocations: listOf(invocation),
  },
  "tool",
);

export const sarifSchema = object(
  { $schema: string, version: { const: "2.1.0" }, runs: listOf(run, { minItems: 1, maxItems: 20 }) },
  "version",
  "runs",
);
