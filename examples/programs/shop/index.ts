import * as aws from "@pulumi/aws";
import { Config } from "@pulumi/pulumi";

const config = new Config();
const owner = config.require("owner");
const tags = owner ? { owner } : undefined;

const bucket = new aws.s3.Bucket("files", { bucket: config.require("bucket"), tags });

const image = aws.ssm.getParameterOutput({
  name: "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
});
new aws.ec2.Instance("web", { ami: image.value, instanceType: config.require("instanceType"), tags });

export const files = bucket.bucket;
