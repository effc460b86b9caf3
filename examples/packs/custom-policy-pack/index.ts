import { PolicyPack } from "@quillon/policy";
import { taggable } from "./taggable";

const BUCKETS = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

new PolicyPack("custom-policy-pack", {
  policies: [
    {
      name: "has-tag",
      description: "Every AWS resource that can carry tags says whose it is.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: { tag: { type: "string", minLength: 1, default: "owner" } },
      },
      validateResource: (args, reportViolation) => {
        if (!taggable.has(args.type)) args.notApplicable("It can't carry tags.");
        const { tag } = args.getConfig<{ tag: string }>();
        if (!args.props.tags?.[tag]) reportViolation({ message: `The tag \`${tag}\` is missing.`, path: "tags" });
      },
    },
    {
      name: "instance-type",
      description: "Instances are of a type that the product pays for.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: {
          allowed: { type: "array", items: { type: "string" }, minItems: 1, default: ["t4g.micro", "t4g.small"] },
        },
      },
      validateResource: (args, reportViolation) => {
        if (args.type !== "aws:ec2/instance:Instance") args.notApplicable("Only instances have a type.");
        const { allowed } = args.getConfig<{ allowed: string[] }>();
        const { instanceType = "not set" } = args.props;
        if (allowed.includes(instanceType)) return;
        reportViolation({
          message: `The instance type is ${instanceType}.`,
          path: "instanceType",
          suggestion: `Use ${allowed.join(" or ")}.`,
        });
      },
    },
    {
      name: "bucket-name",
      description: "Names of buckets begin with the product's prefix.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: { prefix: { type: "string", minLength: 1, default: "shop-" } },
      },
      validateResource: (args, reportViolation) => {
        if (!BUCKETS.includes(args.type)) args.notApplicable("Only names of buckets have a prefix.");
        const { prefix } = args.getConfig<{ prefix: string }>();
        // Without a name of its own, a bucket is named after the resource.
        const name: string = args.props.bucket ?? args.props.bucketPrefix ?? args.name;
        if (name.startsWith(prefix)) return;
        reportViolation({
          message: `The bucket is named ${name}.`,
          path: "bucket",
          suggestion: `Begin its name with ${prefix}`,
        });
      },
    },
  ],
});
