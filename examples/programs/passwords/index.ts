import { Config } from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";

const config = new Config();
const length = config.requireNumber("length");
const special = config.requireBoolean("special");

for (const service of config.requireObject<string[]>("services")) {
  new RandomPassword(service, { length, special });
}

export const passwordLength = length;
