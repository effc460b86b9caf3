const { Config, CustomResource } = require("@pulumi/pulumi");

// The same resource as `new aws.s3.Bucket`, without @pulumi/aws, which takes some hundred megabytes to install.
class Bucket extends CustomResource {
  constructor(name, args) {
    super("aws:s3/bucket:Bucket", name, { ...args, bucket: undefined }, { version: "7.14.0" });
  }
}

new Bucket("site", { acl: new Config().require("acl"), tags: { owner: "web" } });
