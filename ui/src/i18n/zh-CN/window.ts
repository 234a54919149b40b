/** Texts of the window itself and of what all screens share. */
export const common = {
  loading: '正在读取…',
  retry: '重试',
  cancel: '取消',
  close: '关闭',
  yes: '是',
  no: '否',
  copied: '已复制',
  copyId: '复制编号 {{id}}',
  copyCommand: '复制为命令',
  screenFailed: '此页面无法显示',
  listSeparator: '、',
  documents: '{{amount}} 个文档',
};

export const shell = {
  opening: '正在打开…',
  skip: '跳到内容',
  screens: '页面',
  fold: '收起',
  notFound: '没有这个页面',
  toOverview: '返回总览',
  store: '存储',
  find: '查找对局、备份，或执行操作',
  language: 'Switch to English',
  toLight: '切换到浅色',
  toDark: '切换到深色',
  jobs: '作业',
  jobsRunning: '{{count}} 个作业运行中',
  noJobs: '还没有作业',
  nav: { overview: '总览', games: '对局', backups: '备份', restore: '恢复', settings: '设置' },
  keys: {
    title: '键盘操作',
    window: '所有页面',
    palette: '查找与执行',
    help: '显示这份按键说明',
    rail: '收起或展开侧栏',
    space: '空格',
  },
  palette: {
    title: '查找与执行',
    nothing: '没有匹配的内容',
    restore: '从备份恢复…',
    verifyLatest: '验证最新备份到 L3',
    checkStore: '检查整个存储',
    group: { screens: '页面', operations: '操作', backups: '备份', games: '对局' },
  },
};

export const environment = {
  sandbox: '沙箱',
  development: '开发环境',
  test: '测试环境',
  production: '生产环境',
};

export const health = { ok: '正常', attention: '需要关注', down: '无响应', absent: '未设置' };

export const verdict = {
  neverVerified: '未验证',
  noLevel: '未达 L0',
  problems: '{{count}} 个问题',
};

export const dataClass = {
  legend: '数据类',
  accounts: '用户账号',
  rooms: '游戏房间',
  active: '进行中的对局',
  history: '对局历史',
  statistics: '游戏统计',
  configuration: '系统配置',
  holds: {
    accounts: '玩家资料与评分',
    rooms: '房间及房间事件',
    active: '状态、未完结对局的事件、Redis 键',
    history: '已结束的对局及其全部事件',
    statistics: '玩家与全局计数',
    configuration: '服务配置项',
  },
};

export const job = {
  title: '作业',
  loading: '正在读取作业…',
  starting: '正在准备',
  goesOn: '离开此页面后作业会继续运行',
  log: '作业日志',
  cancel: '停止作业',
  progressOf: '进度：{{phase}}',
  eta: '剩余约 {{duration}}',
  etaUnknown: '剩余时间待估算',
  took: '用时 {{duration}}',
  cancelled: '作业已按要求停止，没有留下半成品。',
  interrupted: '运行作业的进程已中断。可以重新开始，已完成的部分会被复用。',
  unit: { bytes: '字节', documents: '个文档', objects: '个对象', steps: '步' },
  state: {
    queued: '排队中',
    running: '运行中',
    cancelling: '正在停止',
    done: '已完成',
    done_with_problems: '已完成，发现问题',
    failed: '失败',
    cancelled: '已停止',
    interrupted: '已中断',
  },
  verb: {
    backup: '备份',
    verify: '验证备份',
    restore: '恢复',
    compare: '与当前数据对比',
    check: '检查存储',
    sandbox: '启动沙箱',
  },
  backup: { title: '备份结果', committed: '备份已写入存储并登记', show: '查看备份' },
  verify: {
    title: '验证结果',
    ok: '没有发现问题',
    found: '发现 {{count}} 个问题',
    level: '达到的等级',
    objects: '检查的对象',
    bytes: '读取的数据',
    kind: '问题',
    object: '对象',
    detail: '详情',
  },
  check: { title: '存储检查结果' },
  compare: {
    title: '备份与当前数据的差异',
    equal: '当前数据与备份完全一致',
    differs: '当前数据与备份不一致',
    note: '备份之后产生的新数据也会列为差异。',
    equalDocuments: '一致',
    metadata: '索引与选项差异',
    kind: { missing: '当前缺失', extra: '当前多出', different: '内容不同' },
  },
};
