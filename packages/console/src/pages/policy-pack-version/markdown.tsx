import { Typography } from "@mantine/core";
import MarkdownIt from "markdown-it";
import { createElement, type ReactNode } from "react";
import { OutsideLink, Said } from "../../shared/strangers.tsx";

type Token = ReturnType<MarkdownIt["parse"]>[number];

/** An element with what is in it. */
interface Node {
  token: Token;
  inner: Node[];
}

/** HTML in it is shown as text. */
const markdown = new MarkdownIt({ html: false });

/** A stranger's Markdown. Elements are made only of what is named here, and nothing is loaded for it: an image is a link to it. */
export function Markdown({ text }: { text: string }) {
  return (
    <Typography className="text" maw={800}>
      <All nodes={treeOf(markdown.parse(text, {}))} />
    </Typography>
  );
}

/** The parser answers a list, in which an element is what is between its beginning and its end. */
function treeOf(tokens: readonly Token[]): Node[] {
  const top: Node[] = [];
  const open = [top];
  for (const token of tokens) {
    if (token.nesting < 0) open.pop();
    else {
      const node = { token, inner: token.type === "image" ? [] : treeOf(token.children ?? []) };
      open.at(-1)?.push(node);
      if (token.nesting > 0) open.push(node.inner);
    }
  }
  return top;
}

interface Within {
  /** In a link there is no other one. */
  link?: boolean;
}

function All({ nodes, link = false }: { nodes: readonly Node[] } & Within) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the elements of a text have no other name, and stay in their order
  return nodes.map((node, place) => <One key={`${place} ${node.token.type}`} node={node} link={link} />);
}

function One({ node, link = false }: { node: Node } & Within): ReactNode {
  const { token } = node;
  const write = kinds[token.type];
  if (write) return write(node, { link });
  return createElement(plain.has(token.tag) ? token.tag : "span", null, <All nodes={node.inner} link={link} />);
}

/** They have no attributes. */
const plain = new Set(["p", "em", "strong", "s", "ul", "li", "blockquote", "table", "thead", "tbody", "tr"]);

const kinds: Record<string, (node: Node, within: Within) => ReactNode> = {
  inline: ({ inner }, { link = false }) => <All nodes={inner} link={link} />,
  text: ({ token }) => <Said text={token.content} />,
  softbreak: () => "\n",
  hardbreak: () => <br />,
  hr: () => <hr />,
  code_inline: ({ token }) => <code>{token.content}</code>,
  code_block: blockOf,
  fence: blockOf,
  paragraph_open: ({ token, inner }) =>
    token.hidden ? (
      <All nodes={inner} />
    ) : (
      <p>
        <All nodes={inner} />
      </p>
    ),
  heading_open: ({ token, inner }) => createElement(below(token.tag), null, <All nodes={inner} />),
  ordered_list_open: ({ token, inner }) => (
    <ol start={Number(token.attrGet("start") ?? 1)}>
      <All nodes={inner} />
    </ol>
  ),
  th_open: cellOf,
  td_open: cellOf,
  link_open: ({ token, inner }) => (
    <OutsideLink to={token.attrGet("href") ?? ""}>
      <All nodes={inner} link />
    </OutsideLink>
  ),
  image({ token }, { link }) {
    const said = <Said text={token.content || "picture"} />;
    return link ? said : <OutsideLink to={token.attrGet("src") ?? ""}>{said}</OutsideLink>;
  },
};

function blockOf({ token: { content } }: Node) {
  return (
    <pre className="text">
      <code>{content}</code>
    </pre>
  );
}

function cellOf({ token, inner }: Node) {
  const [, textAlign] = /^text-align:(center|right)$/.exec(token.attrGet("style") ?? "") ?? [];
  return createElement(token.tag, { style: { textAlign } }, <All nodes={inner} />);
}

/** The page has a heading of its own. */
const below = (tag: string) => `h${Math.min(6, Number(tag.slice(1)) + 1)}`;
