"""The providers that are there."""

from tongpan.engines.payments.adapters import Provider
from tongpan.engines.payments.adapters.aggregator import Aggregator
from tongpan.engines.payments.adapters.alipay import Alipay
from tongpan.engines.payments.adapters.terminal import Terminal
from tongpan.engines.payments.adapters.wechat import WeChat

PROVIDERS: dict[str, Provider] = {
    one.code: one for one in (WeChat(), Alipay(), Aggregator(), Terminal())
}  # fmt: skip
