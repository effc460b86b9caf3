import { isObject } from "../json/is-object.ts";
import type { Rule } from "./keywords.ts";
import { deeper, report } from "./walk.ts";

/** The keywords that look at the members of objects and the items of arrays. */
export const nestedKeywords: Record<string, (rule: Rule) => void> = {
  properties({ walk, rule, value, checker }) {
    if (!isObject(rule) || !isObject(value)) return;
    for (const [name, schema] of walk.run.budget.members(rule)) {
      if (Object.hasOwn(value, name)) checker.check(deeper(walk, name), schema, value[name]);
    }
  },
  patternProperties({ walk, rule, value, checker }) {
    if (!isObject(rule) || !isObject(value)) return;
    for (const [pattern, schema] of walk.run.budget.members(rule)) {
      for (const [name, item] of walk.run.budget.members(value)) {
        if (walk.run.isMatch(pattern, name)) checker.check(deeper(walk, name), schema, item);
      }
    }
  },
  additionalProperties({ walk, rule, schema, value, checker }) {
    if (!isObject(value)) return;
    const named = isObject(schema.properties) ? schema.properties : {};
    const patterns = isObject(schema.patternProperties) ? walk.run.budget.names(schema.patternProperties) : [];
    for (const [name, item] of walk.run.budget.members(value)) {
      if (Object.hasOwn(named, name) || patterns.some((pattern) => walk.run.isMatch(pattern, name))) continue;
      if (rule === false) report(deeper(walk, name), "is not a property that the schema knows");
      else checker.check(deeper(walk, name), rule, item);
    }
  },
  propertyNames({ walk, rule, value, checker }) {
    if (!isObject(value)) return;
    for (const name of walk.run.budget.names(value)) checker.check(deeper(walk, name), rule, name);
  },
  dependencies({ walk, rule, value, checker }) {
    if (!isObject(rule) || !isObject(value)) return;
    for (const [name, needs] of walk.run.budget.members(rule)) {
      if (!Object.hasOwn(value, name)) continue;
      if (Array.isArray(needs)) checker.check(deeper(walk), { required: needs }, value);
      else checker.check(deeper(walk), needs, value);
    }
  },
  items({ walk, rule, schema, value, checker }) {
    if (!Array.isArray(value)) return;
    walk.run.budget.items(value).forEach((item, index) => {
      const own = Array.isArray(rule) ? (index < rule.length ? rule[index] : schema.additionalItems) : rule;
      if (own !== undefined) checker.check(deeper(walk, index), own, item);
    });
  },
  contains({ walk, rule, value, checker }) {
    if (!Array.isArray(value) || value.some((item) => checker.accepts(walk, rule, item))) return;
    report(walk, "must have an item that is valid for the schema of contains");
  },
};
