import * as aws from "@pulumi/aws";
import { PolicyPack, validateResourceOfType } from "@quillon/policy";

new PolicyPack("${PROJECT}", {
  policies: [
    {
      name: "bucket-no-public-read",
      description: "Buckets are not readable by everybody.",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(aws.s3.Bucket, (bucket, _args, reportViolation) => {
        if (bucket.acl === "public-read" || bucket.acl === "public-read-write") {
          reportViolation("Everybody can read this bucket. Remove `acl`, or set it to `private`.");
        }
      }),
    },
  ],
});
