const { PolicyPack } = require("@pulumi/policy");

const isBucket = ({ type }) => /^aws:s3\/bucket(V2)?:Bucket(V2)?$/.test(type);

new PolicyPack("buckets", {
  policies: [
    {
      name: "bucket-not-public",
      description: "No bucket can be read or written by everybody.",
      enforcementLevel: "mandatory",
      severity: "critical",
      validateResource: ({ props, ...resource }, reportViolation) => {
        if (isBucket(resource) && /^public-read/.test(props.acl)) {
          reportViolation(`The bucket is open to everybody: change its acl from ${props.acl} to private.`);
        }
      },
    },
    {
      name: "bucket-has-owner",
      description: "Every bucket has an owner.",
      enforcementLevel: "advisory",
      severity: "medium",
      validateResource: ({ props, ...resource }, reportViolation) => {
        if (isBucket(resource) && !props.tags?.owner) {
          reportViolation("The bucket should have a tag `owner`.");
        }
      },
    },
    {
      name: "few-buckets",
      description: "A stack does not have too many buckets.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: { most: { type: "integer", minimum: 0, default: 10 } },
      },
      validateStack: ({ resources, getConfig }, reportViolation) => {
        const { most } = getConfig();
        const count = resources.filter(isBucket).length;
        if (count > most) {
          reportViolation(`The stack has ${count} of at most ${most} buckets.`);
        }
      },
    },
  ],
});
