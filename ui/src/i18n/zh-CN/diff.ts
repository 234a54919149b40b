import { wording } from '../../api/generated/wording';

/** 对比两个时刻的文字。 */
export const diff = {
  ...wording['zh-CN'].diff,
  screenTitle: '对比对局 {{id}}',
  screenTitleTwo: '对比对局 {{id}} 与 {{other}}',
  subtitle: '两个时刻的差异：游戏事实、结构与 JSON。',
  loading: '正在对比两个时刻…',
  toGame: '查看对局',
  swap: '交换两侧',
  keys: { title: '对比' },
  source: {
    title: '{{side}}：对局的来源',
    live: '数据库',
    log: '事件日志',
    file: '文件 {{name}}',
    backup: '备份 {{id}}',
    backups: '备份',
    snapshot: '快照 {{id}}',
    snapshots: '该对局的快照',
  },
  game: '{{side}}：对局',
  noGame: '没有这样的对局',
  slider: '{{side}}：事件',
  tab: { facts: '事实 {{count}}', structure: '结构', raw: 'JSON' },
  nothingHere: '这个视角看不到变化。',
  onlyChanges: '只看差异',
  types: '{{before}} → {{after}}',
};

/** 查找改变了某个字段的事件的文字。 */
export const bisect = {
  title: '{{path}} 的变化',
  heading: '变化记录',
  loading: '正在查找…',
  nothing: '无',
  hint: '点击名称，查看它何时改变。',
};
