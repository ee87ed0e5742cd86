import type { LongKind } from "./long-kind.js";

const who = ["港务局", "老灯塔", "年轻的木匠", "值夜的水手", "北面的码头", "细心的领航员", "潮汐表"] as const;
const when = ["清晨", "大雾之前", "钟声响起时", "傍晚", "雨停以后"] as const;
const does = ["清点了", "修好了", "忘记了", "画下了", "收集了", "借走了", "量过了", "藏起了"] as const;
const what = [
  "七盏铜灯🏮",
  "破旧的渔网",
  "一封来自卑尔根的信✉️",
  "两桶盐",
  "船只的名字🚢",
  "没画完的地图🗺️",
  "最小的锚⚓",
  "半本账簿",
  "三根绳子",
  "最后一块面包🍞",
  "一首关于冬天的歌🎵",
] as const;

/** Lists without a common length: 3080 sentences before one returns. */
export const chinese: LongKind = {
  defaultTokens: 3000,
  unit(index, seed) {
    const at = index + seed * 13;
    return `${index + 1}、${who[at % 7]}在${when[at % 5]}${does[at % 8]}${what[at % 11]}。`;
  },
  before: (index) => (index > 0 && index % 8 === 0 ? "\n" : ""),
};
