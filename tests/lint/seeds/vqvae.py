"""Vector-quantised autoencoder with an exponential moving average codebook and gradient scaling."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.cuda.amp import GradScaler, autocast
from torch.utils.data import DataLoader


class VectorQuantizerEMA(nn.Module):
    def __init__(self, num_embeddings, embedding_dim, commitment_cost=0.25, decay=0.99, epsilon=1e-5):
        super().__init__()
        self._embedding_dim = embedding_dim
        self._num_embeddings = num_embeddings
        self._embedding = nn.Embedding(num_embeddings, embedding_dim)
        self._embedding.weight.data.normal_()
        self._commitment_cost = commitment_cost
        self.register_buffer('_ema_cluster_size', torch.zeros(num_embeddings))
        self._ema_w = nn.Parameter(torch.Tensor(num_embeddings, embedding_dim))
        self._ema_w.data.normal_()
        self._decay = decay
        self._epsilon = epsilon

    def forward(self, inputs):
        inputs = inputs.permute(0, 2, 3, 1).contiguous()
        input_shape = inputs.shape
        flat_input = inputs.view(-1, self._embedding_dim)
        distances = (torch.sum(flat_input ** 2, dim=1, keepdim=True)
                     + torch.sum(self._embedding.weight ** 2, dim=1)
                     - 2 * torch.matmul(flat_input, self._embedding.weight.t()))
        encoding_indices = torch.argmin(distances, dim=1).unsqueeze(1)
        encodings = torch.zeros(encoding_indices.shape[0], self._num_embeddings, device=inputs.device)
        encodings.scatter_(1, encoding_indices, 1)
        quantized = torch.matmul(encodings, self._embedding.weight).view(input_shape)
        if self.training:
            self._ema_cluster_size = self._ema_cluster_size * self._decay + (1 - self._decay) * torch.sum(encodings, 0)
            n = torch.sum(self._ema_cluster_size.data)
            self._ema_cluster_size = (self._ema_cluster_size + self._epsilon) / (n + self._num_embeddings * self._epsilon) * n
            dw = torch.matmul(encodings.t(), flat_input)
            self._ema_w = nn.Parameter(self._ema_w * self._decay + (1 - self._decay) * dw)
            self._embedding.weight = nn.Parameter(self._ema_w / self._ema_cluster_size.unsqueeze(1))
        e_latent_loss = F.mse_loss(quantized.detach(), inputs)
        loss = self._commitment_cost * e_latent_loss
        quantized = inputs + (quantized - inputs).detach()
        avg_probs = torch.mean(encodings, dim=0)
        perplexity = torch.exp(-torch.sum(avg_probs * torch.log(avg_probs + 1e-10)))
        return loss, quantized.permute(0, 3, 1, 2).contiguous(), perplexity


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self._block = nn.Sequential(nn.ReLU(True), nn.Conv2d(channels, channels, 3, padding=1, bias=False))

    def forward(self, x):
        return x + self._block(x)


class Model(nn.Module):
    def __init__(self, hidden=8, num_embeddings=12, embedding_dim=4):
        super(Model, self).__init__()
        self._encoder = nn.Sequential(nn.Conv2d(1, hidden, 4, stride=2, padding=1), Residual(hidden))
        self._pre_vq_conv = nn.Conv2d(in_channels=hidden, out_channels=embedding_dim, kernel_size=1, stride=1)
        self._vq_vae = VectorQuantizerEMA(num_embeddings, embedding_dim)
        self._decoder = nn.Sequential(nn.Conv2d(embedding_dim, hidden, 3, padding=1), Residual(hidden),
                                      nn.ConvTranspose2d(hidden, 1, 4, stride=2, padding=1))

    def forward(self, x):
        z = self._encoder(x)
        z = self._pre_vq_conv(z)
        loss, quantized, perplexity = self._vq_vae(z)
        x_recon = self._decoder(quantized)
        return loss, x_recon, perplexity


def main():
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = torch.rand(32, 1, 8, 8)
    data_variance = torch.var(data)
    training_loader = DataLoader(data, batch_size=8, shuffle=True, pin_memory=True)
    model = Model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, amsgrad=False)
    use_amp = torch.cuda.is_available()
    scaler = GradScaler(enabled=use_amp)
    train_res_recon_error = []
    train_res_perplexity = []
    running = torch.zeros(1, device=device)
    model.train()
    i = 0
    while i < 6:
        for batch in training_loader:
            batch = batch.to(device)
            optimizer.zero_grad()
            with autocast(enabled=use_amp):
                vq_loss, data_recon, perplexity = model(batch)
                recon_error = F.mse_loss(data_recon, batch) / data_variance
                loss = recon_error + vq_loss
            scaler.scale(loss).backward()
            scaler.unscale_(optimizer)
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
            running += loss.detach()
            train_res_recon_error.append(recon_error.item())
            train_res_perplexity.append(perplexity.item())
            i += 1
    print(running.item(), sum(train_res_recon_error) / len(train_res_recon_error), train_res_perplexity[-1])

    model.eval()
    valid_originals = next(iter(training_loader))
    valid_originals = valid_originals.to(device)
    with torch.no_grad():
        vq_output_eval = model._pre_vq_conv(model._encoder(valid_originals))
        _, valid_quantize, _, = model._vq_vae(vq_output_eval)
        valid_reconstructions = model._decoder(valid_quantize)
    print((valid_reconstructions.cpu() - valid_originals.cpu()).abs().mean().numpy())


if __name__ == "__main__":
    main()
