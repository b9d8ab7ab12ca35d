export type Words = readonly [string, ...string[]];

function words(text: string): Words {
  return text.trim().split(/\s+/) as [string, ...string[]]; // none of the texts below is empty
}

/** The words of bench/waf/mix-varied.lua. */
export const SHOP_WORDS = words(`container security release meeting notes yesterday summer plan question lunch folder
  slides upload review garden music travel ticket winter coffee window street market friend family weekend project customer
  invoice delivery address number phone letter simple little bright quick green yellow future history science language
  kitchen dinner morning teacher student lesson exercise answer grade course video library chapter paper result score team
  player match goal`);

export const NOUNS =
  words(`teacher student morning letter garden window river mountain village kitchen winter summer story book page
  question answer garden journey station train ticket market street bridge castle museum painting song concert dinner friend
  neighbour doctor hospital school lesson library paper project meeting report idea reason problem country city island ocean
  storm weather forest animal horse family mother father sister brother child holiday weekend evening newspaper language
  history science number picture office company customer address package present birthday wedding festival
  date head file line list group host screen network service system code table order key end set test case exchange`);

export const ADJECTIVES =
  words(`old new small large quiet loud bright dark warm cold friendly strange simple difficult famous
  modern beautiful busy empty green blue yellow careful patient happy tired early late honest curious gentle narrow wide heavy
  light important popular serious wooden silent distant familiar lovely ordinary
  last nice next first second more less other same whole`);

export const VERBS =
  words(`visited described remembered followed painted repaired discovered explained admired noticed carried
  brought returned welcomed watched finished started enjoyed changed opened closed crossed answered mentioned understood
  organised recommended considered prepared collected borrowed promised imagined expected celebrated
  found made saw selected updated deleted inserted created used moved cut sorted joined`);

export const LINKS = words(`and but because although while when before after since so which`);

export const PREPOSITIONS = words(
  `near behind beside above below across around inside during without towards through beyond from into at in on with about`,
);

export const CHINESE_WORDS =
  words(`我们 今天 明天 昨天 学校 老师 同学 课程 作业 考试 图书馆 朋友 家人 周末 电影 音乐 旅行 火车 飞机 酒店 天气
  下雨 阳光 春天 夏天 秋天 冬天 吃饭 晚餐 早上 下午 晚上 工作 公司 会议 项目 客户 问题 回答 讨论 计划 时间 地方 城市 北京 上海 广州 手机 电脑 网络
  安全 系统 软件 更新 文件 照片 视频 分享 喜欢 觉得 可以 应该 已经 还是 因为 所以 但是 如果 虽然 然后 一起 非常 比较 特别 简单 困难 重要 有趣 健康
  医生 医院 运动 跑步 游泳 篮球 足球 比赛 结果 努力 学习 中文 英语 历史 科学 数学 的 了 在 是 有 和 不 也 都 很 就 要 会 到 说 去 看 想 给`);
