import { type MouseEvent, memo } from "react";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { readUrn, shortened } from "../../shared/urn.tsx";
import type { Finding } from "./queries.ts";

interface RowProps {
  org: string;
  /** Undefined until it is read. */
  finding: Finding | undefined;
  /** From 0. */
  index: number;
  /** In pixels, in the table's body. */
  top: number;
  height: number;
  isSelected: boolean;
  select: (id: string) => void;
  follow: (event: MouseEvent<HTMLAnchorElement>) => void;
}

/** One line of the table. It is made of plain elements, because dozens of them are made for each frame that is scrolled. */
export const Row = memo(function Row({ finding, index, top, height, ...more }: RowProps) {
  return (
    <tr
      className="findings-row"
      aria-rowindex={index + 2}
      data-index={index}
      data-selected={more.isSelected}
      style={{ height, transform: `translateY(${top}px)` }}
    >
      {finding ? <Cells finding={finding} {...more} /> : <td className="findings-unread">Loading</td>}
    </tr>
  );
});

const path = (...parts: string[]) => `/${parts.map(encodeURIComponent).join("/")}`;

function Cells({
  org,
  finding,
  isSelected,
  select,
  follow,
}: Omit<RowProps, "index" | "top" | "height" | "finding"> & { finding: Finding }) {
  const { id, policyPack, policyName, message, severity, priority, assignedTo, lastModified } = finding;
  const status = finding.withdrawn ? "withdrawn" : finding.status;
  const said = specificOf(message);
  return (
    <>
      <td data-column="select">
        <input
          type="checkbox"
          checked={isSelected}
          onChange={() => select(id)}
          disabled={finding.stackRemoved === true}
          aria-label={`Select: ${shortened(policyName)} of ${shortened(readUrn(finding.resourceURN).name || "the stack")}`}
        />
      </td>
      <td data-column="severity">{severity ? <Word of={severity} /> : "–"}</td>
      <td data-column="policy">
        <div>
          <a href={path(org, "insights", "findings", id)} onClick={follow}>
            {shortened(policyName)}
          </a>
          <small title={policyPack}>{policyPack}</small>
        </div>
        <small title={shortened(message ?? "", 1000)}>{shortened(said, 300)}</small>
      </td>
      <Resource finding={finding} />
      <td data-column="stack">
        <InStack org={org} finding={finding} follow={follow} />
      </td>
      <td data-column="status">
        <Word of={status} />
      </td>
      <td data-column="priority">
        {priority}
        {assignedTo && <small title={assignedTo.githubLogin}>{assignedTo.githubLogin}</small>}
      </td>
      <td data-column="changed">
        <Time at={lastModified} />
      </td>
    </>
  );
}

/** The SDK of policies writes what it says of all resources before what a policy says of this one, on another line. */
function specificOf(message = ""): string {
  const [general = "", ...specific] = message.split("\n").filter((line) => line.trim() !== "");
  return specific.join(" ") || general;
}

/** A badge. */
const Word = ({ of }: { of: string }) => (
  <span className="findings-word" data-word={of}>
    {of.replaceAll("_", " ")}
  </span>
);

function Resource({ finding: { resourceURN } }: { finding: Finding }) {
  const { type, name } = readUrn(resourceURN);
  return (
    <td data-column="resource" title={shortened(resourceURN, 2000)}>
      <Bdi text={shortened(name) || "the whole stack"} />
      <small>
        <Bdi text={shortened(type)} />
      </small>
    </td>
  );
}

function InStack({ org, finding, follow }: Pick<RowProps, "org" | "follow"> & { finding: Finding }) {
  const { entityProject: project, entityId: stack, stackRemoved } = finding;
  const name = `${project}/${stack}`;
  if (stackRemoved) return <small title={name}>{name} (removed)</small>;
  return (
    <a href={path(org, project, stack)} onClick={follow} title={name}>
      {name}
    </a>
  );
}
