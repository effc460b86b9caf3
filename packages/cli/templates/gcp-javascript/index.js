const { PolicyPack, validateResourceOfType } = require("@quillon/policy");

new PolicyPack("${PROJECT}", {
  policies: [
    {
      name: "bucket-prevents-public-access",
      description: "Buckets prevent public access.",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType("gcp:storage/bucket:Bucket", (bucket, _args, reportViolation) => {
        if (bucket.publicAccessPrevention !== "enforced") {
          reportViolation("This bucket can be made public. Set `publicAccessPrevention` to `enforced`.");
        }
      }),
    },
  ],
});
