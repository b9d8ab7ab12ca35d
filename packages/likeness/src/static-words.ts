/**
 * Words that say how a protocol or a page works and nothing about anybody. Only these may pass from an observed body into a
 * likeness; a value that is not listed never does.
 */
export const STATIC_WORDS: ReadonlySet<string> = new Set(
  `ok error message messages hello welcome ack pong ping results result system joined left typing presence online offline
  notification event update created deleted read delivered success failure failed pending active inactive open closed draft
  published enabled disabled unknown none public private text image file user admin guest member owner true false yes no asc desc`.split(
    /\s+/,
  ),
);

/** The vocabulary of menus, forms and headings. A label made only of these words is kept. */
export const PAGE_WORDS: ReadonlySet<string> = new Set(
  `a about account accounts add address admin again all an and answer answers apply archive article articles at attach
  attachment attachments author back blog book books browse by calendar campus cancel cart category categories change chat
  choose clear close comment comments community confirm contact content continue copyright course courses create dashboard
  date delete description details discussion docs documentation download edit email enter error events exam exams exercise
  exercises export faq feed field file files find first for forgot form forum forums found found friend friends from full
  general get go grade grades group groups guest help history home how id image images in inbox index info information
  invalid invite is it item items join language last latest learn lesson lessons library link links list lists loading log
  login logout main mail members menu message messages more my name new news next no not notes notifications of off offline
  on one online open optional or order orders other our page pages password people phone photo photos post posts preview
  previous price privacy product products profile profiles publish questions quick read recent register remember remove
  reply report reports required reset results role rules save score search see select send server service services session
  settings share short show sign signup site size sorry sort start status student students submit success summary support
  table tasks teacher teachers terms text thank thanks the this time title to today top topic topics total type up update
  upload user username users view visit wall we welcome what with write year yes you your 登录 注册 首页 课程 成绩 论坛 个人资料
  搜索 发送 提交 退出 密码 用户名 姓名 消息 好友 群组 设置 帮助 返回 保存 取消 下载 上传 更多 关于 老师 学生 练习 考试`.split(
    /\s+/,
  ),
);

/** May this label stand in a likeness as it is? */
export function isPageLabel(text: string): boolean {
  if (text.length > 60) return false;
  const words = text.toLowerCase().match(/[a-z]+|[\u4e00-\u9fff]+|[0-9]+/g) ?? [];
  return words.length > 0 && words.length <= 6 && words.every((word) => PAGE_WORDS.has(word));
}
