import { isObject } from "../json/is-object.ts";
import type { Rule } from "./keywords.ts";
import { deeper, report } from "./location.ts";

/** The keywords that look at the members of objects and the items of arrays. */
export const nestedKeywords: Record<string, (rule: Rule) => void> = {
  properties({ location, rule, value, checker }) {
    if (!isObject(rule) || !isObject(value)) return;
    for (const [name, schema] of location.evaluation.budget.members(rule)) {
      if (Object.hasOwn(value, name)) checker.check(deeper(location, name), schema, value[name]);
    }
  },
  patternProperties({ location, rule, value, checker }) {
    if (!isObject(rule) || !isObject(value)) return;
    for (const [pattern, schema] of location.evaluation.budget.members(rule)) {
      for (const [name, item] of location.evaluation.budget.members(value)) {
        if (location.evaluation.isMatch(pattern, name)) checker.check(deeper(location, name), schema, item);
      }
    }
  },
  additionalProperties({ location, rule, schema, value, checker }) {
    if (!isObject(value)) return;
    const named = isObject(schema.properties) ? schema.properties : {};
    const patterns = isObject(schema.patternProperties)
      ? location.evaluation.budget.names(schema.patternProperties)
      : [];
    for (const [name, item] of location.evaluation.budget.members(value)) {
      if (Object.hasOwn(named, name) || patterns.some((pattern) => location.evaluation.isMatch(pattern, name)))
        continue;
      if (rule === false) report(deeper(location, name), "is not a property that the schema knows");
      else checker.check(deeper(location, name), rule, item);
    }
  },
  propertyNames({ location, rule, value, checker }) {
    if (!isObject(value)) return;
    for (const name of location.evaluation.budget.names(value)) checker.check(deeper(location, name), rule, name);
  },
  dependencies({ location, rule, value, checker }) {
    if (!isObject(rule) || !isObject(value)) return;
    for (const [name, needs] of location.evaluation.budget.members(rule)) {
      if (!Object.hasOwn(value, name)) continue;
      if (Array.isArray(needs)) checker.check(deeper(location), { required: needs }, value);
      else checker.check(deeper(location), needs, value);
    }
  },
  items({ location, rule, schema, value, checker }) {
    if (!Array.isArray(value)) return;
    location.evaluation.budget.items(value).forEach((item, index) => {
      const own = Array.isArray(rule) ? (index < rule.length ? rule[index] : schema.additionalItems) : rule;
      if (own !== undefined) checker.check(deeper(location, index), own, item);
    });
  },
  contains({ location, rule, value, checker }) {
    if (!Array.isArray(value) || value.some((item) => checker.accepts(location, rule, item))) return;
    report(location, "must have an item that is valid for the schema of contains");
  },
};
