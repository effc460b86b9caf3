const { PolicyPack, validateResourceOfType } = require("@quillon/policy");

new PolicyPack("${PROJECT}", {
  policies: [
    {
      name: "storage-no-public-blobs",
      description: "Storage accounts do not allow public access to their blobs.",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(
        "azure-native:storage:StorageAccount",
        (account, _args, reportViolation) => {
          if (account.allowBlobPublicAccess === true) {
            reportViolation(
              "Containers of this account can be made public. Remove `allowBlobPublicAccess`, or set it to `false`.",
            );
          }
        },
      ),
    },
  ],
});
