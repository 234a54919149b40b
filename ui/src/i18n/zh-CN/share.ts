/** 把对局分享为文件、把差异导出为文件的文字。 */
export const share = {
  open: '分享',
  title: '把对局分享为文件',
  about: '一个 HTML 文件，在任何浏览器中都能离线回放这局游戏。',
  save: '保存…',
  saved: '已保存 {{name}}',
  failed: '文件没能保存',
  language: '语言',
  names: '玩家',
  namesKeep: '昵称',
  namesSeats: '仅座位号',
  sees: {
    god: '文件包含所有人的身份、投票与任务牌。',
    godNote: '得到文件的人都能看到。如果对局仍然重要，请换一个视角。',
    audience: '文件只包含桌面上公开的内容；身份在对局结束后才公开。',
    seat: '文件包含该玩家看到的内容，含其本人的身份、所知信息、投票与任务牌。',
  },
  export: '导出',
  formats: { json: 'JSON', markdown: 'Markdown', html: 'HTML' },
};
