import { expect, test } from "vitest";
import { mayReach } from "./address.ts";

test.each([
  ["93.184.215.14", true],
  ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", true],
  ["127.0.0.1", false],
  ["127.8.8.8", false],
  ["0.0.0.0", false],
  ["10.1.2.3", false],
  ["172.16.0.1", false],
  ["172.31.255.255", false],
  ["172.32.0.1", true],
  ["192.168.1.1", false],
  ["100.64.0.1", false],
  ["169.254.169.254", false],
  ["168.63.129.16", false],
  ["198.18.0.1", false],
  ["192.0.2.1", false],
  ["224.0.0.1", false],
  ["240.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::127.0.0.1", false],
  ["100:0:0:1::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:7f00:1", false],
  ["::ffff:93.184.215.14", true],
  ["::ffff:0:127.0.0.1", false],
  ["64:ff9b::7f00:1", false],
  ["64:ff9b::a9fe:a9fe", false],
  ["64:ff9b::5db8:d70e", true],
  ["64:ff9b:1::a00:1", false],
  ["2002:7f00:1::", false],
  ["2002:5db8:d70e::1", true],
  ["2001:0:1::1", false],
  ["fe80::1", false],
  ["fec0::1", false],
  ["fc00::1", false],
  ["fd00:ec2::254", false],
  ["ff02::1", false],
  ["2001:db8::1", false],
  ["100::1", false],
  ["localhost", false],
  ["", false],
])("Without a setting, %s may be reached: %s", (address, may) => {
  expect(mayReach(address, [])).toBe(may);
});

test.each([
  ["127.0.0.1", ["127.0.0.0/8"], true],
  ["::ffff:127.0.0.1", ["127.0.0.0/8"], true],
  ["64:ff9b::a00:1", ["10.0.0.0/8"], true],
  ["10.0.0.1", ["10.0.0.1"], true],
  ["10.0.0.2", ["10.0.0.1"], false],
  ["10.0.0.1", ["192.168.0.0/16", "10.0.0.0/8"], true],
  ["fd00::1", ["fd00::/8"], true],
  ["::1", ["127.0.0.0/8"], false],
  ["93.184.215.14", ["10.0.0.0/8"], true],
])("With a setting, %s and %j: %s", (address, allowed, may) => {
  expect(mayReach(address, allowed)).toBe(may);
});
