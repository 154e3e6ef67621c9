import torch


class Agent:
    def __init__(self, num_actors):
        self.num_actors = num_actors

    def step(self, obs: torch.Tensor, actor_id: torch.Tensor) -> torch.Tensor:
        return self._check(obs, actor_id=actor_id)

    def _check(self, obs: torch.Tensor, actor_id: torch.Tensor) -> torch.Tensor:
        if actor_id is None:
            actor_id = torch.arange(obs.shape[0], dtype=torch.long)
        assert torch.allclose(actor_id, torch.arange(self.num_actors, dtype=actor_id.dtype))
        return obs.float()
