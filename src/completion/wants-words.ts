import type { ChatRequest, Message } from "../model/request.ts";

/**
 * Chat clients ask the model that was chosen for more than answers: for titles, tags, follow-up questions, search queries.
 * Of a model that draws they would get one more picture. Their prompts are known (Open WebUI, LobeChat, Cherry Studio,
 * LibreChat, NextChat, Chatbox, Page Assist and others; `wants-words.test.ts` has them) and have a form in common: an order
 * for a short text, something said of the conversation, and rules for how it is to be written. A person who describes a
 * picture does none of it, or says what kind of picture it shall be.
 */

/** What is ordered. `title` in front of a noun (title page) is something to draw. */
const artefact = String.raw`(?:(?:titles?|names?|phrase)(?![-\s]+(?:page|card|screen|sequence|bar|slide|banner|plate|tag|sign|font|image|picture|text|block|on|at|in\s+(?:big|large|bold|gold|neon|red|blue))s?\b)|tags?|keywords?|topics?|headlines?|follow[-\s]?ups?|(?:search\s+)?queries|questions?|emojis?|summary|tool\(s\))`;
const verb = String.raw`(?:generat(?:e|es|ing)|create|write|provide|suggest|give|make|produce|propose|come\s+up\s+with|return|choose|pick|extracts?|craft|rephrase|determine|reflect|interpret|what\s+(?:would|could)\s+be)`;
const conversation = String.raw`(?:conversations?|chat|dialog(?:ue)?|discussion|thread|transcript|session|(?:previous|following|first|last|above|user'?s|this|the)\s+(?:assistant\s+)?(?:messages?|query|prompt|question|request|input|message))`;

/** An order for a text, within a sentence; in between nothing that the text would only be a part of. */
const orders = [
  new RegExp(
    String.raw`\b${verb}\b(?:(?!\b(?:with|showing|where|about|saying|that\s+says|titled|named)\b)[^.!?\n]){0,90}?\b${artefact}`,
    "i",
  ),
  new RegExp(
    String.raw`\b(?:(?:summari[sz]e|condense|compress)\b[^.!?\n]{0,60}|name\s+(?:this|the|our)\s+)\b${conversation}(?!\s+bubble)`,
    "i",
  ),
  /(?:生成|总结|總結|概括|提炼|提煉|提取|归纳|歸納|返回|命名|起|取|拟|擬|给出|給出|建议|建議|推荐|推薦|提供|写(?!着|有))[^，。！？；\n]{0,30}?(?:标题|標題|主题|主題|题目|題目|话题|名称|名稱|名字|标签|標籤|关键词|關鍵詞|追问|追問|问题|問題|搜索词|摘要|表情)/,
  /(?:总结|總結|概括|概述|归纳|歸納)[^，。！？；\n]{0,10}(?:对话|對話|会话|會話|聊天)/,
];

/** What nobody has drawn of itself. Names, tags and questions may be part of a picture: of those a conversation must be said. */
const onlyWritten =
  /\b(?:titles?|headlines?|keywords?|topics?|follow[-\s]?ups?|queries|summary)\b|标题|標題|主题|主題|题目|題目|话题|关键词|關鍵詞|追问|追問|搜索词|摘要/i;

/** What only a client says that its model is. */
const role =
  /\byou\s+are\s+an?\s[^.!?\n]{0,40}\b(?:title|tag|topic|name|quer(?:y|ies))\s+(?:generator|extractor)\b/i;

const ofConversation = [
  new RegExp(String.raw`\b${conversation}\b`, "i"),
  /对话|對話|会话|會話|聊天|这句话|這句話|上述|以上内容|用户的(?:输入|提问|问题|消息)|用戶的/,
];

/** How it is to be written. */
const rules = [
  /\b(?:concise|short|brief(?:ly)?|broad|standalone|few-words?|\d+\s*(?:-|–|to)\s*\d+|\d+[-\s]words?|words?|characters|tokens|punctuation|quot(?:es|ation)|nothing\s+else|only|json|emojis?|object)\b/i,
  /不要|不需要|不用|无需|無需|只|仅|僅|直接|以内|以內|不超过|不超過|\d\s*个?字|简洁|簡潔|简短|簡短|简要|簡要|格式/,
];

/** What shows that a sentence speaks of something to look at. */
const pictorial = [
  /\b(?:draw|paint|sketch|illustrat\w*|render\w*|pictures?|images?|photos?|photograph\w*|posters?|logos?|icons?|covers?|wallpapers?|comics?|cartoons?|portraits?|banners?|stickers?|cards?|pages?|screens?|scenes?|paintings?|drawings?|bubbles?|clouds?|slides?|diagrams?|charts?|graphics?|infographics?|maps?|flyers?|thumbnails?|memes?|avatars?|mascots?|t-?shirts?|murals?|statues?|sculptures?|billboards?|neon|letters|lettering|font|background|foreground|(?:at|on|in)\s+the\s+(?:top|bottom|middle|cent(?:er|re)|corner|sky|left|right))\b/i,
  /画|畫|绘|繪|(?<![意试企])图|圖|照片|海报|海報|封面|壁纸|漫画|插画|头像|标志|卡片|贺卡|背景/,
];

const jsonOrder =
  /\b(?:respond|return|reply|answer|output)\b[^.\n]{0,60}\bjson\b|\bjson\s+(?:format|object)\b\W{0,6}(?:\{|only)|\bjson\s+only\b/i;

/** Open WebUI's templates begin so; the one that wraps a user's message in documents has a `<context>` instead. */
const taskHeader = /^\s*###\s*Task:/i;

/** Where clients put their order: at the beginning, or behind what it is about. */
const headLength = 800;
const tailLength = 500;

const textOf = (message: Message | undefined): string =>
  (message?.parts ?? []).flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");

function holdsPicture(text: string): boolean {
  const start = text.indexOf("![");
  return start !== -1 && text.includes("](", start);
}

const fits = (patterns: readonly RegExp[], text: string): boolean =>
  patterns.some((pattern) => pattern.test(text));

/** The sentences of a text that don't speak of something to look at, nor stand behind a colon of one that does. */
function plainSentences(text: string): string[] {
  const sentences = text.split(/(?<=[.!?:。！？：\n])/);
  let drawn = false;
  return sentences.filter((sentence, index) => {
    const goesOn = /[:：]$/.test(sentences[index - 1] ?? "");
    drawn = fits(pictorial, sentence) || (drawn && goesOn);
    return !drawn;
  });
}

/** Whether a text gives the order for words; `hints` counts what speaks for it beside the text itself. */
function isOrder(text: string, hints: number): boolean {
  const sentences = plainSentences(text);
  const plain = sentences.join("");
  if (jsonOrder.test(plain)) return true;
  const signs = [ofConversation, rules].filter((patterns) => fits(patterns, plain)).length;
  if (!fits(ofConversation, plain) && !onlyWritten.test(plain)) return false;
  return sentences.some((sentence) => fits(orders, sentence)) && signs + hints >= 2;
}

/** Whether a system prompt is nothing but the order, which says all in one sentence. A persona may mention each. */
function isTaskPrompt(text: string): boolean {
  const sentences = plainSentences(text);
  return (
    jsonOrder.test(sentences.join("")) ||
    sentences.some(
      (sentence) =>
        role.test(sentence) || [orders, ofConversation, rules].every((patterns) => fits(patterns, sentence)),
    )
  );
}

/**
 * Whether a request that goes to a model that draws wants words all the same: what a client asks on its own account, or an
 * answer in a form that no picture has (JSON, the call of a tool).
 */
export function wantsWords({ messages, responseFormat, toolChoice, tools }: ChatRequest): boolean {
  if (responseFormat.kind !== "text") return true;
  if (tools.length > 0 && (toolChoice.kind === "function" || toolChoice.kind === "required")) return true;

  const system = textOf(messages.find(({ role }) => role === "system"));
  if (isTaskPrompt(system.slice(0, headLength))) return true;

  const asked = textOf(messages.findLast(({ role }) => role === "user"));
  const isTask = taskHeader.test(asked);
  if (isTask && asked.includes("<chat_history>")) return true;
  const hasPicture = messages.some((message) => holdsPicture(textOf(message)));
  const hints = Number(isTask) + Number(hasPicture);
  if (asked.length <= headLength + tailLength) return isOrder(asked, hints);
  return isOrder(asked.slice(0, headLength), hints) || isOrder(asked.slice(-tailLength), hints);
}
