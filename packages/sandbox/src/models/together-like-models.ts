import type { ChatRow } from "./chat-rows.js";

/** Models behind a Together-like body, with ids and context sizes of the documentation of April 2025. */
// biome-ignore format: a table
export const togetherLikeModels: readonly ChatRow[] = [
  ["Qwen/Qwen2-72B-Instruct", "Qwen2-72B-Instruct", "Alibaba Cloud", 32000, 1.89, 1.89, "sample"],
  ["Qwen/Qwen2.5-7B-Instruct-Turbo", "Qwen2.5-7B-Instruct-Turbo", "Alibaba Cloud", 32000, 0.63, 0.63, "sample"],
  ["Qwen/Qwen2.5-72B-Instruct-Turbo", "Qwen2.5-72B-Instruct-Turbo", "Alibaba Cloud", 32000, 2.52, 2.52, "sample"],
  ["Qwen/Qwen2.5-Coder-32B-Instruct", "Qwen2.5-Coder-32B-Instruct", "Alibaba Cloud", 131000, 1.68, 1.68, "sample"],
  ["Qwen/QwQ-32B", "Qwen-QwQ-32B", "Alibaba Cloud", 131000, 2.52, 2.52, "sample"],
  ["google/gemma-2-27b-it", "gemma-2", "Google", 8000, 1.68, 1.68, "sample"],
  ["Gryphe/MythoMax-L2-13b-Lite", "MythoMax-L2-13b-Lite", "Gryphe", 4000, 0.21, 0.21, "sample"],
  ["meta-llama/Llama-3-70b-chat-hf", "Llama-3-chat-hf", "Meta", 8000, 1.848, 1.848, "sample"],
  ["meta-llama/Llama-3-8b-chat-hf", "Llama-3-chat-hf", "Meta", 8000, 1.848, 1.848, "sibling"],
  ["meta-llama/Meta-Llama-3-8B-Instruct-Lite", "Llama-3-8B-Instruct-Lite", "Meta", 9000, 0.21, 0.21, "sample"],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "Llama-3.1-8B-Instruct-Turbo", "Meta", 128000, 0.378, 0.378, "sample"],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo-128K", "Llama-3.1-8B-Instruct-Turbo", "Meta", 128000, 0.378, 0.378, "sample"],
  ["meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", "Llama-3.1-70B-Instruct-Turbo", "Meta", 128000, 1.848, 1.848, "sample"],
  ["meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", "Llama-3.1-405B-Instruct-Turbo", "Meta", 4000, 7.35, 7.35, "sample"],
  ["meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", "Llama-3.2-11B-Vision-Instruct-Turbo", "Meta", 131000, 0.378, 0.378, "sample"],
  ["meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", "Llama-3.2-90B-Vision-Instruct-Turbo", "Meta", 131000, 2.52, 2.52, "sample"],
  ["meta-llama/Llama-Vision-Free", "Llama-Vision-Free", "Meta", 128000, 0, 0, "sample"],
  ["meta-llama/Llama-3.2-3B-Instruct-Turbo", "Llama-3.2-3B-Instruct-Turbo", "Meta", 131000, 0.126, 0.126, "sample"],
  ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "Llama-3.3-70B-Instruct-Turbo", "Meta", 128000, 1.848, 1.848, "sample"],
  ["meta-llama/llama-4-scout", "Llama-4-scout", "Meta", 256000, 0.378, 1.239, "sample"],
  ["meta-llama/llama-4-maverick", "Llama-4-maverick", "Meta", 256000, 0.567, 1.785, "sample"],
  ["mistralai/Mistral-7B-Instruct-v0.1", "Mistral-7B-Instruct", "Mistral AI", 8000, 0.42, 0.42, "sibling"],
  ["mistralai/Mistral-7B-Instruct-v0.2", "Mistral-7B-Instruct", "Mistral AI", 32000, 0.42, 0.42, "sibling"],
  ["mistralai/Mistral-7B-Instruct-v0.3", "Mistral-7B-Instruct", "Mistral AI", 32000, 0.42, 0.42, "sample"],
  ["mistralai/Mixtral-8x22B-Instruct-v0.1", "Mixtral-8x22B-Instruct", "Mistral AI", 64000, 2.52, 2.52, "sample"],
  ["mistralai/Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B-Instruct", "Mistral AI", 64000, 1.26, 1.26, "sample"],
  ["nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", "Llama-3.1-Nemotron-70B-Instruct-HF", "NVIDIA", 128000, 1.848, 1.848, "sample"],
  ["NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "Nous-Hermes-2-Mixtral-8x7B-DPO", "NousResearch", 32000, 1.26, 1.26, "sample"],
];
