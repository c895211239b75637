/**
 * What templates write around the turns of a conversation, where it shows in an answer: some servers pass on the
 * tokens they should keep. The bar and the blank of DeepSeek's tokens stand here as `|` and `_`, and case does not count
 * (see `createMarks`).
 */

/** What opens the turn of the assistant: at the beginning of an answer it leaked, and is left out. */
export const openingHeaders: readonly string[] = [
  "<|im_start|>assistant",
  "<|start_header_id|>assistant<|end_header_id|>",
  "<|header_start|>assistant<|header_end|>",
  "<|start_of_role|>assistant<|end_of_role|>",
  "<|im_assistant|>assistant<|im_middle|>",
  "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>",
  '<|open|>message role="assistant"<|sep|>',
  "<start_of_turn>model",
  "<|turn>model",
  "<|Assistant|>",
  "<|begin_of_text|>",
  "<|begin_of_sentence|>",
  "<bos>",
];

/** What opens another's turn: behind the end of its own a model invents it. */
export const strangeHeaders: readonly string[] = [
  "<|im_start|>user",
  "<|im_start|>tool",
  "<|im_start|>system",
  "<|start_header_id|>",
  "<|header_start|>",
  "<|start_of_role|>",
  "<|im_user|>",
  "<|im_system|>",
  "<|START_OF_TURN_TOKEN|>",
  '<|open|>message role="',
  "<start_of_turn>user",
  "<|turn>user",
];

/** Opens the user's turn (DeepSeek); GLM ends its own with it. */
export const userHeader = "<|User|>";

/** What ends a turn or a text: at the end of an answer and behind a call it is left out. All begin with `<`. */
export const turnEnds: readonly string[] = [
  "<|im_end|>",
  "<|endoftext|>",
  "<|end_of_text|>",
  "<|end_of_sentence|>",
  "<|eot_id|>",
  "<|eom_id|>",
  "<|eot|>",
  "<|eom|>",
  "<|eos|>",
  "<eos>",
  "<seed:eos>",
  "<end_of_turn>",
  "<|end_of_turn|>",
  "<turn|>",
  "<|observation|>",
  "<|end|>",
  "<|return|>",
  "<|call|>",
  "<|endofturn|>",
  "<|END_OF_TURN_TOKEN|>",
  "<|END_RESPONSE|>",
  "<|close|>response<|sep|>",
  "<|close|>message<|sep|>",
  "<|end_of_msg|>",
  "<|message_end|>",
  "<|end_of_solution|>",
];

/** The same, and what is also other markup or prose, and is an end only behind a call: Mistral's, which HTML has, and MiniMax'. */
export const turnEndsAfterCall: readonly string[] = [...turnEnds, "</s>", "[e~["];
