// What an exchange is paid with: what the goods that come back are worth, in cents, and the ways in
// which the difference is paid, in order; `account` is the way of paying of goods that were put on a
// customer's account, which takes both slips whole. It lasts as long as its box is open.
export const swap = { isOn: false, back: 0n, ways: [], account: "" };
