import * as storage from "@pulumi/azure-native/storage";
import { PolicyPack, validateResourceOfType } from "@quillon/policy";

new PolicyPack("${PROJECT}", {
  policies: [
    {
      name: "storage-no-public-blobs",
      description: "Storage accounts do not allow public access to their blobs.",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(storage.StorageAccount, (account, _args, reportViolation) => {
        if (account.allowBlobPublicAccess === true) {
          reportViolation(
            "Containers of this account can be made public. Remove `allowBlobPublicAccess`, or set it to `false`.",
          );
        }
      }),
    },
  ],
});
