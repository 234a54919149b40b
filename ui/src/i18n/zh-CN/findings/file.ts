/** What is wrong with a file of games, by the English form, in Simplified Chinese. */
export const file = {
  // Where.
  'line {number}': '第 {number} 行',
  'record {number}': '第 {number} 条记录',
  '{place}: {finding}': '{place}：{finding}',
  '{place}: {problem}': '{place}：{problem}',
  "{count} further lines can't be read": '另有 {count} 行无法读取',
  'no JSON at line {number}, column {column}': '第 {number} 行第 {column} 列不是 JSON',
  // Compact notation.
  '`{text}` names seat {number} twice': '“{text}”两次提到 {number} 号',
  '`{text}`: `{sign}` after seat {number}, expected `+` or `-`':
    '“{text}”：{number} 号之后是“{sign}”，应为“+”或“-”',
  '`{text}`: nothing after seat {number}, expected `+` or `-`':
    '“{text}”：{number} 号之后没有内容，应为“+”或“-”',
  '`{text}`: `{sign}` is no seat of {players} players': '“{text}”：“{sign}”不是 {players} 人局的座位',
  'seat {number} is on the team but marked `+`': '{number} 号在队伍中，却标有“+”',
  'seat {number} is off the team but marked `-`': '{number} 号不在队伍中，却标有“-”',
  // Names, times, what a source does not tell.
  'a real name stands in {place}': '{place} 中有真实姓名',
  'a key of {path}': '{path} 的成员名',
  '{value} is neither a Firestore timestamp nor a wrapped one': '{value} 不是 Firestore 的两种时间写法之一',
  'the vote of {player} on quest {quest}, attempt {attempt} is not recorded':
    '{player} 在第 {quest} 轮第 {attempt} 次提案的票没有记载',
  'the card of {player} on quest {quest} is not recorded': '{player} 在第 {quest} 轮的牌没有记载',
  "the assassin's target is not recorded": '刺客的目标没有记载',
  // Records of SuveenE.
  'not a game of this source: {problem}': '不是此来源的对局：{problem}',
  '`{game}` carries no date and time': '“{game}”不含日期与时间',
  'a name that is no player of the game': '提到的姓名不是此局的玩家',
  'a leader who is no player of the game': '队长不是此局的玩家',
  'a game without a proposal has no leader': '对局没有提案，因此没有队长',
  'quest {quest} has no proposal': '第 {quest} 轮没有提案',
  '`{text}` is no role of this source': '“{text}”不是此来源的身份',
  // Records of ProAvalon.
  '`{text}` is no form of extended JSON read here': '不支持扩展 JSON 的“{text}”写法',
  'a game record is a JSON object': '对局记录应为 JSON 对象',
  'the record has neither an `_id` nor a canonical form': '记录没有 `_id`，也没有规范形式',
  '`{name}` is missing': '缺少 `{name}`',
  '`{name}` is no text': '`{name}` 不是文本',
  '`{name}` is no list of texts': '`{name}` 不是文本列表',
  '`{name}` is no list of counts': '`{name}` 不是数目列表',
  '`{name}` is no whole number': '`{name}` 不是整数',
  '`{name}` is no date in any form read here': '`{name}` 的日期写法不受支持',
  '`{text}` is no game mode known here': '未知的对局模式“{text}”',
  'the card `{text}` is outside the rules of this product': '卡牌“{text}”不在本产品的规则之内',
  '`{name}` tells of a module outside the rules of this product': '`{name}` 属于本产品规则以外的扩展',
  'the role `{text}` is outside the rules of this product': '身份“{text}”不在本产品的规则之内',
  '`{text}` is no side of this source': '“{text}”不是此来源的阵营',
  '`playerRoles` is no object': '`playerRoles` 不是对象',
  '`playerRoles`: {count} players have roles, {players} are seated':
    '`playerRoles`：{count} 名玩家有身份，在座的有 {players} 名',
  '`playerRoles` tells no role of player {number} of the order':
    '`playerRoles` 没有次序第 {number} 名玩家的身份',
  '`{text}` stands without its own side': '“{text}”没有对应的阵营',
  '`{name}` is not the {side} side of `playerRoles`': '`{name}` 不是 `playerRoles` 中的{side}一方',
  '`playerUsernamesOrdered` seats {count} players; a game has 5 to 10':
    '`playerUsernamesOrdered` 有 {count} 名玩家；对局应有 5 至 10 名',
  '`playerUsernamesOrdered` seats a player twice': '`playerUsernamesOrdered` 中有重复的玩家',
  '`numberOfPlayers` is {count}, {players} are seated': '`numberOfPlayers` 为 {count}，在座的有 {players} 名',
  '`voteHistory` is no object with a member for each player': '`voteHistory` 不是每名玩家一个成员的对象',
  '`voteHistory`: {count} players vote, {players} are seated':
    '`voteHistory`：{count} 名玩家投票，在座的有 {players} 名',
  '`voteHistory`: player {number} of the order has no lists of texts by mission':
    '`voteHistory`：次序第 {number} 名玩家没有按任务的文本列表',
  '`voteHistory`: the players tell of {counts} missions': '`voteHistory`：各玩家的任务数为 {counts}',
  '`voteHistory`: the players tell of {counts} proposals of mission {quest}':
    '`voteHistory`：第 {quest} 轮各玩家的提案数为 {counts}',
  '`voteHistory`, mission {quest}, proposal {attempt}': '`voteHistory` 第 {quest} 轮第 {attempt} 次提案',
  '`voteHistory` tells of {count} missions, {count_due} are due by `missionHistory` and `howTheGameWasWon`':
    '`voteHistory` 有 {count} 轮任务，按 `missionHistory` 与 `howTheGameWasWon` 应有 {count_due} 轮',
  '`{text}` is no mark': '“{text}”不是标记',
  'a player votes twice': '有玩家投了两次票',
  'not exactly one player is marked as leader': '标为队长的玩家不是恰好一名',
  '`missionHistory`: `{text}` is no result of a mission': '`missionHistory`：“{text}”不是任务结果',
  '{count} missions but {count_fails} counts of fails': '任务有 {count} 轮，失败牌数却有 {count_fails} 个',
  'the hammer was rejected before the fifth proposal': '第五次提案之前就否决了最后一次提案',
  'a leader is no seat of {players} players': '有队长不在 {players} 人局的座位上',
  'the leader moves neither by +1 nor by −1 throughout': '队长并非始终顺延或逆延一位',
  'the leader moves anticlockwise throughout': '队长始终逆时针轮换',
  '`ladyHistoryUsernames` names {count} holders, {count_due} are due by the missions':
    '`ladyHistoryUsernames` 有 {count} 名持有者，按任务应有 {count_due} 名',
  '`ladyHistoryUsernames` names somebody who is not seated': '`ladyHistoryUsernames` 提到不在座的人',
  '`ladyChain` and `ladyHistoryUsernames` do not fit each other':
    '`ladyChain` 与 `ladyHistoryUsernames` 不相符',
  '`howTheGameWasWon`: `{text}` is no end known here': '`howTheGameWasWon`：未知的结束方式“{text}”',
  '`howTheGameWasWon` tells of a shot, but Merlin and Assassin are not in play':
    '`howTheGameWasWon` 提到刺杀，但梅林与刺客不都在场',
  '`howTheGameWasWon` tells of no shot although Merlin and Assassin are in play':
    '`howTheGameWasWon` 没有提到刺杀，但梅林与刺客都在场',
  '`whoAssassinShot` is a role that nobody has': '`whoAssassinShot` 是没有人持有的身份',
  '`whoAssassinShot` and `howTheGameWasWon` contradict each other':
    '`whoAssassinShot` 与 `howTheGameWasWon` 相矛盾',
  'a Merlin without an Assassin is outside the rules of this product':
    '有梅林而没有刺客，不在本产品的规则之内',
} satisfies Record<string, string>;
