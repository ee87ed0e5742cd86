import type { ChatRow } from "./chat-rows.js";

/** Models behind a Together-like body, with ids and context sizes of the documentation of April 2025. */
// biome-ignore format: a table
export const togetherLikeModels: readonly ChatRow[] = [
  ["Qwen/Qwen2-72B-Instruct", "Qwen2-72B-Instruct", "Alibaba Cloud", 32000, 4.75, 1.9],
  ["Qwen/Qwen2.5-7B-Instruct-Turbo", "Qwen2.5-7B-Instruct-Turbo", "Alibaba Cloud", 32000, 2.375, 0.6],
  ["Qwen/Qwen2.5-72B-Instruct-Turbo", "Qwen2.5-72B-Instruct-Turbo", "Alibaba Cloud", 32000, 9.5, 7.3],
  ["Qwen/Qwen2.5-Coder-32B-Instruct", "Qwen2.5-Coder-32B-Instruct", "Alibaba Cloud", 131000, 6.25, 1.7],
  ["Qwen/QwQ-32B", "Qwen-QwQ-32B", "Alibaba Cloud", 131000, 3.125, 8.8],
  ["google/gemma-2-27b-it", "gemma-2", "Google", 8000, 2.125, 2.2],
  ["Gryphe/MythoMax-L2-13b-Lite", "MythoMax-L2-13b-Lite", "Gryphe", 4000, 0.375, 0.2],
  ["meta-llama/Llama-3-70b-chat-hf", "Llama-3-chat-hf", "Meta", 8000, 2.5, 4.8],
  ["meta-llama/Llama-3-8b-chat-hf", "Llama-3-chat-hf", "Meta", 8000, 2.5, 4.8],
  ["meta-llama/Meta-Llama-3-8B-Instruct-Lite", "Llama-3-8B-Instruct-Lite", "Meta", 9000, 0.25, 0.5],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo", "Llama-3.1-8B-Instruct-Turbo", "Meta", 128000, 1.75, 0.4],
  ["meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo-128K", "Llama-3.1-8B-Instruct-Turbo", "Meta", 128000, 1.75, 0.4],
  ["meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo", "Llama-3.1-70B-Instruct-Turbo", "Meta", 128000, 8.375, 1.8],
  ["meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo", "Llama-3.1-405B-Instruct-Turbo", "Meta", 4000, 33.125, 8.1],
  ["meta-llama/Llama-3.2-11B-Vision-Instruct-Turbo", "Llama-3.2-11B-Vision-Instruct-Turbo", "Meta", 131000, 0.5, 0.4],
  ["meta-llama/Llama-3.2-90B-Vision-Instruct-Turbo", "Llama-3.2-90B-Vision-Instruct-Turbo", "Meta", 131000, 3.5, 2.5],
  ["meta-llama/Llama-Vision-Free", "Llama-Vision-Free", "Meta", 128000, 0, 0],
  ["meta-llama/Llama-3.2-3B-Instruct-Turbo", "Llama-3.2-3B-Instruct-Turbo", "Meta", 131000, 0.625, 0.1],
  ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "Llama-3.3-70B-Instruct-Turbo", "Meta", 128000, 8.375, 4.6],
  ["meta-llama/llama-4-scout", "Llama-4-scout", "Meta", 256000, 0.5, 3],
  ["meta-llama/llama-4-maverick", "Llama-4-maverick", "Meta", 256000, 0.75, 4.1],
  ["mistralai/Mistral-7B-Instruct-v0.1", "Mistral-7B-Instruct", "Mistral AI", 8000, 0.25, 2.7],
  ["mistralai/Mistral-7B-Instruct-v0.2", "Mistral-7B-Instruct", "Mistral AI", 32000, 0.25, 2.7],
  ["mistralai/Mistral-7B-Instruct-v0.3", "Mistral-7B-Instruct", "Mistral AI", 32000, 0.25, 2.7],
  ["mistralai/Mixtral-8x22B-Instruct-v0.1", "Mixtral-8x22B-Instruct", "Mistral AI", 64000, 1.25, 10.3],
  ["mistralai/Mixtral-8x7B-Instruct-v0.1", "Mixtral-8x7B-Instruct", "Mistral AI", 64000, 1.375, 6.6],
  ["nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", "Llama-3.1-Nemotron-70B-Instruct-HF", "NVIDIA", 128000, 3.875, 26.6],
  ["NousResearch/Nous-Hermes-2-Mixtral-8x7B-DPO", "Nous-Hermes-2-Mixtral-8x7B-DPO", "NousResearch", 32000, 1.75, 5.2],
];
