import { useThrottledValue } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { useFollow } from "../../shared/follow.ts";
import { type Finding, findingsQuery, PAGE } from "./queries.ts";
import { Row } from "./row.tsx";
import type { FindingFilter } from "./search.ts";

/** In pixels. `list.css` has what fits in. */
const HEIGHT = { wide: 54, narrow: 128 };

/** In milliseconds. Pages that are only scrolled by are not read. */
const REST = 80;

interface RowsProps {
  org: string;
  filter: FindingFilter;
  /** How many rows there are. */
  count: number;
  isNarrow: boolean;
  selected: ReadonlySet<string>;
  select: (id: string) => void;
}

/** As many rows as are in sight, and a few around them, of a table that has all. */
export function Rows({ org, filter, count, isNarrow, selected, select }: RowsProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const follow = useFollow();
  const rows = useRowsInSight(body, { count, isNarrow, filter });
  const findings = useFindings({ org, filter, first: rows.items[0]?.index ?? 0, last: rows.items.at(-1)?.index ?? 0 });
  return (
    <tbody ref={body} style={{ height: rows.height }} onFocus={rows.keep}>
      {rows.items.map(({ index, start, size }) => {
        const finding = findings(index);
        return (
          <Row
            key={index}
            org={org}
            index={index}
            finding={finding}
            height={size}
            top={start - rows.margin}
            isSelected={finding !== undefined && selected.has(finding.id)}
            select={select}
            follow={follow}
          />
        );
      })}
    </tbody>
  );
}

function useRowsInSight(
  body: RefObject<HTMLTableSectionElement | null>,
  { count, isNarrow, filter }: Pick<RowsProps, "count" | "isNarrow" | "filter">,
) {
  const [margin, setMargin] = useState(0);
  // What is above the table changes with the filters.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say when the place may be another one
  useLayoutEffect(() => {
    setMargin(Math.round((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY));
  }, [body, filter, isNarrow, count]);
  const focused = useRef(-1);
  const height = isNarrow ? HEIGHT.narrow : HEIGHT.wide;
  const virtualizer = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: margin,
    // The row with the focus stays, or the keyboard would be at the top of the page again.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      const kept = focused.current;
      if (kept < 0 || kept >= range.count || shown.includes(kept)) return shown;
      return kept < (shown[0] ?? 0) ? [kept, ...shown] : [...shown, kept];
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: all heights are others when the width is
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, height]);
  const keep = useCallback(({ target }: { target: Element }) => {
    focused.current = Number(target.closest("tr")?.getAttribute("data-index") ?? -1);
  }, []);
  return { items: virtualizer.getVirtualItems(), height: virtualizer.getTotalSize(), margin, keep };
}

/** Reads the pages that have the rows between these. @returns the finding of a row, when it is read. */
function useFindings({
  org,
  filter,
  first,
  last,
}: {
  org: string;
  filter: FindingFilter;
  first: number;
  last: number;
}) {
  const from = useThrottledValue(Math.floor(first / PAGE), REST);
  const to = useThrottledValue(Math.floor(last / PAGE), REST);
  // A kept row with the focus may be far from the others.
  const pages = to - from < 8 ? range(from, to) : [from, to];
  const queries = useQueries({ queries: pages.map((page) => findingsQuery(org, filter, page)) });
  return (index: number): Finding | undefined =>
    queries[pages.indexOf(Math.floor(index / PAGE))]?.data?.policyIssues[index % PAGE];
}

const range = (from: number, to: number) => Array.from({ length: Math.max(1, to - from + 1) }, (_, n) => from + n);
