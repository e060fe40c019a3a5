from __future__ import absolute_import

# flake8: noqa

# import apis into api package
from cosmos_client.api.cosmos_api import CosmosApi
