//! Invented Chinese nicknames.

use rand::RngExt;
use rand::rngs::StdRng;

const MANNERS: [&str; 28] = [
    "会飞的",
    "沉默的",
    "爱吃糖的",
    "半夜的",
    "迷路的",
    "勇敢的",
    "不睡觉的",
    "打盹的",
    "北方的",
    "江南的",
    "小小的",
    "慢吞吞的",
    "机灵的",
    "倔强的",
    "微笑的",
    "戴帽子的",
    "下雨天的",
    "月光下的",
    "追风的",
    "养花的",
    "看星星的",
    "骑车的",
    "路过的",
    "认真的",
    "淡定的",
    "快乐的",
    "神秘的",
    "冬天的",
];
const BEINGS: [&str; 36] = [
    "橘猫",
    "柴犬",
    "河豚",
    "企鹅",
    "刺猬",
    "水獭",
    "麻雀",
    "骑士",
    "画家",
    "船长",
    "邮差",
    "樵夫",
    "渔夫",
    "云朵",
    "松鼠",
    "白鹭",
    "萤火虫",
    "豆包",
    "汤圆",
    "年糕",
    "青梅",
    "柠檬",
    "石榴",
    "芦苇",
    "山茶",
    "海棠",
    "蒲公英",
    "竹叶",
    "木匠",
    "旅人",
    "书生",
    "铁匠",
    "鲸鱼",
    "小鹿",
    "熊猫",
    "狐狸",
];
const TAILS: [&str; 10] = ["", "", "", "", "本尊", "同学", "先生", "阿姨", "不红", "说了算"];

/// A nickname such as `沉默的橘猫`, with a number when the pool is large.
pub(crate) fn nickname(rng: &mut StdRng, index: u64) -> String {
    let mut pick = |words: &[&'static str]| {
        words.get(rng.random_range(0..words.len())).copied().unwrap_or_default()
    };
    let name = [pick(&MANNERS), pick(&BEINGS), pick(&TAILS)].concat();
    if index < 200 { name } else { format!("{name}{index}") }
}

/// A room's code: six digits.
pub(crate) fn room_code(rng: &mut StdRng) -> String {
    format!("{:06}", rng.random_range(0..1_000_000))
}
