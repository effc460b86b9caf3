import { hash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { recordedEvents } from "../../packages/server/src/testing/recorded-events.ts";

/** What a CLI sends of an update that makes so many resources, each request with as much as it sends at once. */
export interface Bodies {
  journal: Buffer[];
  events: Buffer[];
}

const VERSION = "3.274.1";
const RECORDED = "urn:pulumi:dev::pets::random:index/randomPet:RandomPet::kim";
const ENTRIES = 100;
const EVENTS = 50;

export function bodiesOf(resources: number): Bodies {
  return {
    journal: batches("entries", entriesOf(resources), ENTRIES),
    events: batches("events", eventsOf(resources), EVENTS),
  };
}

function batches(name: string, all: string[], size: number): Buffer[] {
  const made: Buffer[] = [];
  for (let start = 0; start < all.length; start += size)
    made.push(gzipSync(`{"${name}":[${all.slice(start, start + size).join(",")}]}`));
  return made;
}

const urnOf = (index: number) => `urn:pulumi:dev::web::bench:index:Thing::thing-${index}`;

/** 512 characters that can be compressed to half of it. */
function textOf(index: number): string {
  return Array.from({ length: 8 }, (_, part) => hash("sha256", `${index} ${part}`)).join("");
}

/** A step begins and succeeds for each resource, which has about a kilobyte of properties. */
function entriesOf(resources: number): string[] {
  return Array.from({ length: resources }, (_, index) => {
    const properties = { name: `thing-${index}`, text: textOf(index) };
    const resource = { urn: urnOf(index), custom: true, type: "bench:index:Thing", inputs: properties };
    const made = { ...resource, id: `thing-${index}`, outputs: properties };
    const numbers = { version: 1, operationID: index + 1, removeOld: null, removeNew: null };
    const operation = { resource, type: "creating" };
    return [
      JSON.stringify({ ...numbers, kind: 0, sequenceID: 2 * index + 1, operation }),
      JSON.stringify({ ...numbers, kind: 1, sequenceID: 2 * index + 2, state: made }),
    ];
  }).flat();
}

/** Those that the CLI sent of one resource, for each of them, and its summary. */
function eventsOf(resources: number): string[] {
  const recorded = recordedEvents(VERSION, "up-fixes");
  const steps = recorded
    .filter((event) => "resourcePreEvent" in event || "resOutputsEvent" in event)
    .map((event) => JSON.stringify(event));
  const ofOne = steps.filter((text) => text.includes(`"urn":"${RECORDED}"`));
  const ofAll = Array.from({ length: resources }, (_, index) =>
    ofOne.map((text) => text.replaceAll(RECORDED, urnOf(index))),
  );
  const summary = recorded.filter((event) => "summaryEvent" in event).map((event) => JSON.stringify(event));
  return [...ofAll.flat(), ...summary].map((text, sequence) =>
    text.replace(/"sequence":\d+/, `"sequence":${sequence}`),
  );
}
