import { describe, expect, test } from "vitest";

import { toWordsRequest } from "../../src/completion/to-words-request.ts";
import { wantsWords } from "../../src/completion/wants-words.ts";
import type { ChatRequest, Message } from "../../src/model/request.ts";
import { createRequest } from "../support/create-request.ts";

const picture = "![a fox](http://localhost:16571/v1/images/files/fox.webp?sig=abc)";

function say(role: "system" | "user" | "assistant", text: string): Message {
  return { role, parts: [{ type: "text", text }] };
}

/** Where a user's turn stands alone, and behind a picture that was drawn. */
const alone = (text: string) => createRequest({ model: "AkashGen", messages: [say("user", text)] });
const behindPicture = (text: string) =>
  createRequest({
    messages: [say("user", "a fox in the snow"), say("assistant", picture), say("user", text)],
  });
const withSystem = (system: string, text: string) =>
  createRequest({ messages: [say("system", system), say("user", text)] });

const talk = `USER: draw a fox in the snow\nASSISTANT: ${picture}`;
const history = `### Chat History:\n<chat_history>\n${talk}\n</chat_history>`;

describe("what a client asks on its own account wants words", () => {
  // Shortened where they only repeat themselves; first lines and forms are as the clients have them.
  const asked: Readonly<Record<string, ChatRequest>> = {
    "Open WebUI: title": alone(
      `### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.\n### Guidelines:\n- Use emojis that enhance understanding of the topic, but avoid quotation marks.\n### Output:\nJSON format: { "title": "your concise title here" }\n${history}`,
    ),
    "Open WebUI: title, 2026": alone(
      `### Task:\nGenerate a concise title summarizing the chat history.\n### Guidelines:\n- Keep it short: 2-4 words is best.\n### Output:\nJSON format: { "title": "your concise title here" }\n${history}`,
    ),
    "Open WebUI: title, 2024": alone(
      `Create a concise, 3-5 word title with an emoji as a title for the chat history, in the given language. RESPOND ONLY WITH THE TITLE TEXT.\n<chat_history>\n${talk}\n</chat_history>`,
    ),
    "Open WebUI: tags": alone(
      `### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history, along with 1-3 more specific subtopic tags.\n\n### Output:\nJSON format: { "tags": ["tag1", "tag2", "tag3"] }\n\n${history}`,
    ),
    "Open WebUI: follow-ups": alone(
      `### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next in this conversation as a **user**.\n### Output:\nJSON format: { "follow_ups": ["Question 1?", "Question 2?"] }\n${history}`,
    ),
    "Open WebUI: follow-ups, only the beginning": alone(
      "### Task:\nSuggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next",
    ),
    "Open WebUI: search queries": alone(
      `### Task:\nAnalyze the chat history to determine the necessity of generating search queries, in the given language.\n\n### Guidelines:\n- Respond **EXCLUSIVELY** with a JSON object.\n- When generating search queries, respond in the format: { "queries": ["query1", "query2"] }.\n### Output:\nStrictly return in JSON format:\n{\n  "queries": ["query1", "query2"]\n}\n\n${history}`,
    ),
    "Open WebUI: a prompt for another image model": alone(
      `### Task:\nGenerate a detailed prompt for am image generation task based on the given language and context. Describe the image as if you were explaining it to someone who cannot see it.\n\n### Output:\nStrictly return in JSON format:\n{\n    "prompt": "Your detailed description here."\n}\n\n${history}`,
    ),
    "Open WebUI: completion": alone(
      `### Task:\nYou are an autocompletion system. Continue the text in \`<text>\` based on the **completion type**.\n### Context:\n<chat_history>\n${talk}\n</chat_history>\n<type>General</type>\n<text>a fox in</text>`,
    ),
    "Open WebUI: emoji": alone(
      "Your task is to reflect the speaker's likely facial expression through a fitting emoji. Interpret emotions from the message and reflect their facial expression using fitting, diverse emojis (e.g., 😊, 😢, 😡, 😱).\n\nMessage: ```draw a fox```",
    ),
    "Open WebUI: tools": withSystem(
      `Available Tools: [{"name": "weather"}]\n\nYour task is to choose and return the correct tool(s) from the list of available tools based on the query. Follow these guidelines:\n\n- Return only the JSON object, without any additional text or explanation.`,
      'Query: History:\nUSER: """draw a fox"""',
    ),
    "LobeChat: title": withSystem(
      "You are a professional conversation summarizer. Generate a concise title that captures the essence of the conversation.\n\nRules:\n- Output ONLY the title text, no explanations or additional context\n- Maximum 10 words",
      `user: draw a fox\nassistant: ${picture}`,
    ),
    "LobeChat: title, 2023": withSystem(
      "你是一名擅长会话的助理，你需要将用户的会话总结为 10 个字以内的标题",
      `user: 画一只狐狸\nassistant: ${picture}\n\n请总结上述对话为10个字以内的标题，不需要包含标点符号，输出语言语种为：zh-CN`,
    ),
    "LobeChat: tags": withSystem(
      "你是一名擅长会话标签总结的助理，你需要将用户的输入的内容提炼出分类标签，使用`,`分隔，不超过 5 个标签，并翻译为目标语言。",
      "输入: {画一只狐狸} [zh-CN]",
    ),
    "LobeChat: history": withSystem(
      "You're an assistant who's good at extracting key takeaways from conversations and summarizing them.",
      `<chat_history>${"<user>a fox</user>".repeat(200)}</chat_history>\n\nPlease summarize the above conversation and retain key information. The summarized content will be used as context for subsequent prompts, and should be limited to 400 tokens.`,
    ),
    "Cherry Studio: title": withSystem(
      "You are an assistant skilled in conversation. You need to summarize the user's conversation into a title within 10 words. The language of the title should be consistent with the user's primary language. Do not use punctuation marks or other special symbols",
      `[{"role":"user","mainText":"draw a fox"}]`,
    ),
    "Cherry Studio: title, Chinese": withSystem(
      "你是一名擅长会话的助理，你需要将用户的会话总结为 10 个字以内的标题，标题语言与用户的首要语言一致，不要使用标点符号和其他特殊符号",
      "User: 画一只狐狸",
    ),
    "Cherry Studio: search": withSystem(
      "You are an AI question rephraser. Your role is to rephrase follow-up queries from a conversation into standalone queries that can be used by another LLM to retrieve information, either through web search or from a knowledge base.",
      "draw a fox",
    ),
    "LibreChat: title": alone(
      "Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only return the title itself.\n\nConversation:\nUser: draw a fox\nAI: …",
    ),
    "LibreChat: title by language": alone(
      'Please generate a concise, 5-word-or-less title for the conversation, using its same language, with no punctuation. Apply title case conventions appropriate for the language. Never directly mention the language name or the word "title"\n\nConversation:\nUser: draw a fox',
    ),
    "NextChat: title": behindPicture(
      "Please generate a four to five word title summarizing our conversation without any lead-in, punctuation, quotation marks, periods, symbols, bold text, or additional text. Remove enclosing quotation marks.",
    ),
    "NextChat: title, Chinese": behindPicture(
      "使用四到五个字直接返回这句话的简要主题，不要解释、不要标点、不要语气词、不要多余文本，不要加粗，如果没有主题，请直接返回“闲聊”",
    ),
    "NextChat: memory": behindPicture(
      "Summarize the discussion briefly in 200 words or less to use as a prompt for future context.",
    ),
    "NextChat: memory, Chinese": behindPicture(
      "简要总结一下对话内容，用作后续的上下文提示 prompt，控制在 200 字以内",
    ),
    "Chatbox: title": alone(
      "Based on the chat history, give this conversation a name.\nKeep it short - 10 characters max, no quotes.\nUse English.\nJust provide the name, nothing else.\n\nHere's the conversation:\n\n```\ndraw a fox\n```\n\nName this conversation in 10 characters or less.",
    ),
    "a title for one line": alone(
      "Please write a brief title for the following request: draw a picture of a fox in the snow",
    ),
    "goose: name": withSystem(
      "You are an assistant. Generate a short title (4 words or less) for this session based on the user's messages.",
      "draw a fox",
    ),
    "Zed: title": behindPicture(
      "Generate a concise 3-7 word title for this conversation, omitting punctuation. Go straight to the title, without any preamble.",
    ),
    "TypingMind: title": behindPicture(
      "What would be a short and relevant title for this chat? You must strictly answer with only the title, no other text is allowed.",
    ),
    "RikkaHub: title": alone(
      "I will give you some dialogue content in the `<content>` block.\nYou need to summarize the conversation between user and assistant into a short title.\n1. The title language should be consistent with the user's primary language\n2. Do not use punctuation\n<content>\nUser: draw a fox\n</content>",
    ),
    "HuggingChat: title": withSystem(
      "You are a summarization AI. Summarize the user's request into a single short sentence of four words or less. Do not try to answer it, only summarize the user's query.",
      "draw a fox",
    ),
    "big-AGI: title": withSystem(
      "You are an AI conversation titles assistant who specializes in creating expressive yet few-words chat titles.",
      "Analyze the given short conversation (every line is truncated) and extract a concise chat title that summarizes the conversation in as little as a couple of words.",
    ),
    "Page Assist: title": alone(
      "Here is the query:\n\n--------------\n\ndraw a fox\n\n--------------\n\nCreate a concise, 3-5 word phrase as a title for the previous query. Avoid quotation marks or special formatting. RESPOND ONLY WITH THE TITLE TEXT.",
    ),
    "AI chatbot template: title": withSystem(
      "\n\n    - you will generate a short title based on the first message a user begins a conversation with\n    - ensure it is not more than 80 characters long\n    - do not use quotes or colons",
      '{"role":"user","content":"draw a fox"}',
    ),
    "opencode: title": withSystem(
      "You are a title generator. You output ONLY a thread title. Nothing else.",
      "draw a fox",
    ),
    "n8n: title": withSystem(
      "Generate a concise, descriptive title for this conversation based on the user's message.\n\nRequirements:\n- 3 to 5 words",
      "draw a fox",
    ),
    "a title behind a picture": behindPicture("Write a title for this chat in at most 5 words"),
    "tags behind a picture": behindPicture("Generate three tags for this conversation"),
    "follow-up questions behind a picture": behindPicture("Suggest 3 short follow-up questions."),
    "a title behind a picture, Chinese": behindPicture("请用一句话给出这次聊天的标题"),
    "JSON in words": behindPicture("What is it about? Respond only with JSON."),
    "a JSON format": createRequest({
      messages: [say("user", "a fox")],
      responseFormat: { kind: "json-object" },
    }),
    "a schema": createRequest({
      messages: [say("user", "a fox")],
      responseFormat: { kind: "json-schema", name: "title", schema: { type: "object" } },
    }),
    "a tool that must be called": createRequest({
      messages: [say("user", "a fox")],
      tools: [{ name: "set_title", parameters: { type: "object" } }],
      toolChoice: { kind: "function", name: "set_title" },
    }),
  };
  test.for(Object.entries(asked))("%s", ([, request]) => {
    expect(wantsWords(request)).toBe(true);
  });
});

describe("what a person wants drawn is drawn", () => {
  const wishes = [
    "a fox in the snow",
    "Hello",
    "draw the title page of a book about conversations, short title only",
    "Create a title page for a chat history exhibition, 3-5 words in gold",
    "Generate a movie poster with the title 'The Conversation', only black and white",
    "Make a magazine cover about a conversation, short headline 'Talk'",
    "a comic of two robots in a conversation, with concise speech bubbles",
    "Generate a title card for our conversation podcast, concise lettering",
    "Generate an image that summarizes this conversation in only three colors",
    "Design a logo for a chat app called Dialog, only two words",
    "a whiteboard full of follow-up questions after a discussion",
    "Create a keyword cloud of tags, brief and colorful",
    "Make a summary slide of our discussion, concise",
    "Create a mind map of the conversation, short labels only",
    "Poster: title 'The Dialogue', short lines, only red",
    "people at a conference: name tags, short conversations, only smiles",
    "a cat with a speech bubble that says: respond, only in JSON!",
    "Make a name tag for Anna, concise lettering",
    "Give me a photo of an emoji pillow, only one",
    "an infographic: JSON format explained to children",
    "### Task: paint a castle\nIt has 3-5 towers",
    "Summarize the feeling of autumn in one picture",
    "people at a conversation, the title of the newspaper says PEACE, only ink",
    "画一张以对话为主题的海报，不要文字",
    "生成一张标题为“聊天”的图片，只用黑白",
    "两个人在聊天，上面写着标题“你好”，只用黑白色",
    "请把上述对话总结成一张漫画，简洁一点",
    "一只狐狸在雪地里",
    "意图与对话的抽象表现，不要人物",
  ];
  test.for(wishes)("%s", (wish) => {
    expect(wantsWords(alone(wish))).toBe(false);
  });

  test.for([
    "now make it blue",
    "Add a short title at the top: SUMMER",
    "Write the title 'Summer' in big letters, only in gold",
    "Write a short title at the bottom",
    "Give the fox a name tag",
    "Make the title shorter",
    "Give it a red hat only",
    "write my name in the sand, brief",
    "write the name Anna in short strokes",
    "generate tags hanging from a tree, only red",
    "give it questions for eyes, only 2",
    "再画一张，标题写短一点",
    "加上标题“夏天”，字小一点",
    ...wishes,
  ])("behind a picture: %s", (wish) => {
    expect(wantsWords(behindPicture(wish))).toBe(false);
  });

  test("whatever persona stands in front, and whatever documents around it", () => {
    const persona =
      "You are a helpful assistant. Keep the conversation short. Suggest follow-up questions when it helps.";
    expect(wantsWords(withSystem(persona, "a fox in the snow"))).toBe(false);
    const documents =
      "### Task:\nRespond to the user query using the provided context, incorporating inline citations in the format [id].\n\n### Guidelines:\n- If you don't know the answer, clearly state that.\n- Respond in the same language as the user's query.\n\n### Output:\nProvide a clear and direct response to the user's query.\n\n<context>\nFoxes are red.\n</context>\n\n<user_query>\ndraw a fox\n</user_query>";
    expect(wantsWords(alone(documents))).toBe(false);
  });

  test("also with tools at hand that nobody must call", () => {
    const tools = [{ name: "search", parameters: { type: "object" } }];
    expect(wantsWords({ ...alone("a fox"), tools })).toBe(false);
  });
});

test("hostile lengths are read in linear time", () => {
  for (const piece of ["generate ", "title ", "### Task:", "![", "summarize the conversation "]) {
    wantsWords(withSystem(piece.repeat(100_000), piece.repeat(100_000)));
  }
});

describe("the request for words", () => {
  test("is for any model that writes, and names pictures by what they show", () => {
    const image = { type: "image", source: { kind: "url", url: "http://example.com/a.png" } } as const;
    const { messages } = behindPicture("Generate three tags for this conversation");
    const { model, messages: asked } = toWordsRequest(
      createRequest({ model: "AkashGen", messages: [...messages, { role: "user", parts: [image] }] }),
    );
    expect(model).toBe("auto");
    expect(asked[1]).toEqual(say("assistant", "[Image: a fox]"));
    expect(asked[3]).toEqual(say("user", "[An image]"));
  });

  test.each([
    ['JSON format: { "title": "your concise title here" }', { title: { type: "string" } }],
    [
      'Strictly return in JSON format:\n{\n  "queries": ["query1", "query2"]\n}',
      { queries: { type: "array", items: { type: "string" } } },
    ],
  ])("has the form that %j shows, checked", (text, properties) => {
    expect(toWordsRequest(alone(text)).responseFormat).toEqual({
      kind: "json-schema",
      name: "answer",
      schema: { type: "object", properties, required: Object.keys(properties) },
    });
  });

  test.each(["Only the title, please", "JSON format: {title}", 'JSON format: { "n": 1 }', "JSON: {}"])(
    "keeps its own form with %j",
    (text) => {
      expect(toWordsRequest(alone(text)).responseFormat).toEqual({ kind: "text" });
      const given = { kind: "json-object" } as const;
      expect(toWordsRequest({ ...alone(text), responseFormat: given }).responseFormat).toBe(given);
    },
  );
});
