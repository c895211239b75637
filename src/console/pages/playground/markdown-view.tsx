import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";

import { highlight } from "../../domain/markdown/highlight.ts";
import type { Block, Inline } from "../../domain/markdown/nodes.ts";
import { openHeading } from "../../domain/markdown/open-heading.ts";
import { createMarkdownReader } from "../../domain/markdown/parse-markdown.ts";
import { toLink } from "../../domain/markdown/safe-url.ts";
import { showControls } from "../../domain/markdown/show-controls.ts";
import { CopyButton } from "../../parts/copy-button.tsx";
import { playgroundTexts } from "../../text/playground/index.ts";
import { Picture } from "./picture.tsx";

/** Code, with its keywords marked; what can't be seen in it is written out. */
export function HighlightedCode({ code, language }: { readonly code: string; readonly language: string }) {
  return (
    <code>
      {highlight(showControls(code), language).map(({ kind, text }) =>
        kind === "plain" ? text : <span class={`code-${kind}`}>{text}</span>,
      )}
    </code>
  );
}

function CodeBlock({ block }: { readonly block: Extract<Block, { kind: "code" }> }) {
  const { language, text } = block;
  return (
    <div class="md-code" role="group" aria-label={playgroundTexts.value.codeBlock(language)}>
      <pre tabIndex={0}>
        <HighlightedCode code={text} language={language} />
      </pre>
      <CopyButton kind="quiet" small text={text} />
    </div>
  );
}

function renderInline(inline: Inline): ComponentChildren {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "break":
      return <br />;
    case "code":
      return <code>{showControls(inline.text)}</code>;
    case "image":
      return <Picture url={inline.url} alt={inline.alt} />;
    case "link": {
      const href = toLink(inline.url);
      const children = inline.children.map(renderInline);
      if (href === undefined) return children;
      return (
        <a href={href} target="_blank" rel="noopener noreferrer" title={showControls(href)}>
          <bdi>{children}</bdi>
        </a>
      );
    }
    default: {
      const Tag = inline.kind;
      return <Tag>{inline.children.map(renderInline)}</Tag>;
    }
  }
}

/** The page has titles of its own above those of an answer. */
const titles = ["h3", "h4", "h5", "h6"] as const;

/** Where a block stands: the levels of the headings above it, which a heading changes. */
interface Outline {
  open: readonly number[];
}

function renderBlock(block: Block, outline: Outline): ComponentChildren {
  const renderInner = (inner: Block) => renderBlock(inner, outline);
  switch (block.kind) {
    case "paragraph":
      return (
        <div class="md-p" dir="auto">
          {block.children.map(renderInline)}
        </div>
      );
    case "heading": {
      outline.open = openHeading(outline.open, block.level);
      const Title = titles[Math.min(outline.open.length, titles.length) - 1] ?? "h6";
      return <Title dir="auto">{block.children.map(renderInline)}</Title>;
    }
    case "code":
      return <CodeBlock block={block} />;
    case "quote":
      return <blockquote>{block.children.map(renderInner)}</blockquote>;
    case "list": {
      const items = block.items.map((item) => <li dir="auto">{item.map(renderInner)}</li>);
      return block.start === undefined ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
    case "table":
      return (
        <div class="md-table" tabIndex={0}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, place) => (
                  <th scope="col" class={`align-${block.aligns[place] ?? "left"}`}>
                    {cell.map(renderInline)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row) => (
                <tr>
                  {row.map((cell, place) => (
                    <td class={`align-${block.aligns[place] ?? "left"}`}>{cell.map(renderInline)}</td>
                  ))}
                  {row.length < block.head.length && <td colSpan={block.head.length - row.length} />}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return <hr />;
  }
}

/** Reads and renders a text that grows; what of it is settled is rendered once, so that long answers stay quick. */
function createRenderer(): (text: string) => ComponentChildren {
  const read = createMarkdownReader();
  const rendered = new WeakMap<Block, Outline & { readonly children: ComponentChildren }>();
  return (text) => {
    const outline: Outline = { open: [] };
    return read(text).map((block) => {
      const known = rendered.get(block) ?? { children: renderBlock(block, outline), open: outline.open };
      rendered.set(block, known);
      outline.open = known.open;
      return known.children;
    });
  };
}

/** What a model wrote, as elements and text alone: nothing of it is ever read as HTML. */
export function MarkdownView({ text }: { readonly text: string }) {
  const renderText = useMemo(createRenderer, []);
  const rendered = useMemo(() => renderText(text), [text]);
  return <div class="md">{rendered}</div>;
}
