import { PolicyPack } from "@quillon/policy";

/** The input that holds the tags, by the types of resources that are meant. */
const INPUTS: Record<string, string> = {
  "aws:dynamodb/table:Table": "tags",
  "aws:ec2/instance:Instance": "tags",
  "aws:lambda/function:Function": "tags",
  "aws:rds/instance:Instance": "tags",
  "aws:s3/bucket:Bucket": "tags",
  "aws:s3/bucketV2:BucketV2": "tags",
  "azure-native:resources:ResourceGroup": "tags",
  "azure-native:storage:StorageAccount": "tags",
  "gcp:compute/instance:Instance": "labels",
  "gcp:storage/bucket:Bucket": "labels",
};

/** Those of the configured tags that a resource lacks. */
function missingOf(has: Record<string, string> = {}, config: { tags?: Record<string, string> }) {
  return Object.fromEntries(Object.entries(config.tags ?? {}).filter(([name]) => !has[name]));
}

new PolicyPack("tagging", {
  policies: [
    {
      name: "default-tags",
      description: "Resources get the tags that the organization gives everything, where they lack them.",
      enforcementLevel: "remediate",
      configSchema: {
        properties: {
          tags: { type: "object", additionalProperties: { type: "string" }, default: { "managed-by": "pulumi" } },
        },
      },
      remediateResource: (args) => {
        const input = INPUTS[args.type];
        if (!input) return args.notApplicable("It carries no tags.");
        const missing = missingOf(args.props[input], args.getConfig());
        if (Object.keys(missing).length === 0) return undefined;
        return { ...args.props, [input]: { ...args.props[input], ...missing } };
      },
      // What a level below `remediate` reports.
      validateResource: (args, reportViolation) => {
        const input = INPUTS[args.type];
        if (!input) return args.notApplicable("It carries no tags.");
        for (const name of Object.keys(missingOf(args.props[input], args.getConfig())))
          reportViolation({ message: `The tag \`${name}\` is missing.`, path: `${input}["${name}"]` });
      },
    },
    {
      name: "required-tags",
      description: "Resources have the tags that only their author knows, with values that are known.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: {
          tags: {
            type: "object",
            // For each tag the values that it may have; with none, any value will do.
            additionalProperties: { type: "array", items: { type: "string" } },
            default: { owner: [] },
          },
        },
      },
      validateResource: (args, reportViolation) => {
        const input = INPUTS[args.type];
        if (!input) return args.notApplicable("It carries no tags.");
        const { tags } = args.getConfig<{ tags: Record<string, string[]> }>();
        for (const [name, allowed] of Object.entries(tags)) {
          const value = args.props[input]?.[name];
          const path = `${input}["${name}"]`;
          if (!value) reportViolation({ message: `The tag \`${name}\` is missing.`, path });
          else if (allowed.length > 0 && !allowed.includes(value)) {
            const suggestion = `Use ${allowed.join(" or ")}.`;
            reportViolation({ message: `The tag \`${name}\` has the value ${value}.`, path, suggestion });
          }
        }
      },
    },
  ],
});
